// call:request, checked in the order of the contract, and the events about a call that exists.
#include "gateway/peers.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {

using call::refusal_code;

void peers::call_event(socketio::socket& s, socketio::event const& e, request_kind kind) {
    at_.requests().on_call_event(s, e, kind);
}

void peers::refresh_token(socketio::socket& s, socketio::event const& e, request_kind) {
    at_.requests().refresh_token(s, e);
}

void peers::ask_for_call(socketio::socket& s, socketio::event const& e, request_kind kind) {
    sender from = at_.requests().sender_of(s, e, kind);
    services& shared = at_.shared();
    request wanted = std::unexpected{refusal_code::invalid_request};
    if (e.attachments.empty())
        wanted = read_peer_request(e.first_arg(), from.account->id, shared.config.peers.metadata_bytes);
    at_.registry().take_attempt(ports::limited_action::initiate, from.account->id.text(), shared.config.limits.initiate,
                                at_.now().mono, [this, from, wanted = std::move(wanted)](bool is_within) {
                                    if (!is_within) return at_.requests().refuse(from, refusal_code::rate_limited);
                                    check_request(from, wanted);
                                });
}

void peers::check_request(sender const& from, request const& wanted) {
    if (!wanted) return at_.requests().refuse(from, wanted.error());
    if (!is_available(*from.account)) return at_.requests().refuse(from, refusal_code::account_unavailable);
    auto callee = account_id::parse(wanted->to);
    if (!callee) return at_.requests().refuse(from, refusal_code::callee_not_found);
    at_.shared().accounts.find(at_.shard(), *callee,
                               [this, from, w = *wanted](auto const& found) { check_callee(from, w, found); });
}

void peers::check_callee(sender const& from, peer_request const& wanted, account_directory::found const& callee) {
    if (!callee) return at_.requests().refuse(from, refusal_code::internal);
    if (!*callee || !is_available(**callee)) return at_.requests().refuse(from, refusal_code::callee_not_found);
    using read = ports::read_result<ports::acquaintance>;
    at_.shared().store.acquaintance_of(from.account->id, (*callee)->id,
                                       at_.back_here<read>([this, from, wanted, who = *callee](read between) {
                                           check_acquaintance(from, wanted, who, between);
                                       }));
}

void peers::check_acquaintance(sender const& from, peer_request const& wanted, account_ptr const& callee,
                               ports::read_result<ports::acquaintance> const& between) {
    if (!between) return at_.requests().refuse(from, refusal_code::internal);
    bool may_see = between->are_contacts || at_.shared().config.peers.directory == peer_directory::everyone;
    if (!may_see) return at_.requests().refuse(from, refusal_code::callee_not_found);
    at_.desk().set_callee(from.token, callee);
    if (between->is_blocked) return at_.requests().refuse(from, refusal_code::callee_offline);
    at_.calls().begin({.type = wanted.type,
                       .caller = {display_of(*from.account), call::realm::peer},
                       .callee = {display_of(*callee), call::realm::peer},
                       .device = from.device,
                       .name = from.name,
                       .rates = {},
                       .prepaid_balance = {},
                       .token = from.token,
                       .metadata = wanted.metadata});
}

} // namespace ringback::gateway
