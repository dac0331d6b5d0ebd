#include "gateway/marketplace.hpp"

#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {

using call::refusal_code;

void marketplace::serve_users(socketio::nsp& where) {
    for (request_kind kind : {request_kind::cancel, request_kind::end})
        on(where, kind);
    using socketio::event;
    using socketio::socket;
    where.on("call:initiate", [this](socket& s, event const& e) { initiate(s, e); });
    where.on("call:refresh-token", [this](socket& s, event const& e) { refresh_token(s, e); });
    where.on("presence:list", [this](socket& s, event const& e) { list_presence(s, e); });
    where.on("presence:subscribe", [this](socket& s, event const& e) { subscribe(s, e); });
    where.on("presence:unsubscribe", [this](socket& s, event const& e) { unsubscribe(s, e); });
}

void marketplace::serve_telecallers(socketio::nsp& where) {
    for (request_kind kind : {request_kind::accept, request_kind::reject, request_kind::end})
        on(where, kind);
    where.on("call:refresh-token", [this](socketio::socket& s, socketio::event const& e) { refresh_token(s, e); });
}

void marketplace::on(socketio::nsp& where, request_kind kind) {
    where.on(std::string{rules_of(kind).event},
             [this, kind](socketio::socket& s, socketio::event const& e) { on_call_event(s, e, kind); });
}

marketplace::sender marketplace::sender_of(socketio::socket& s, socketio::event const& e, request_kind kind,
                                           call_id const& about) {
    device& d = device_of(s);
    d.account = at_.shared().accounts.latest(d.account);
    return {d.account, ref_of(s), name_of(s), at_.desk().open(s, e.ack_id, kind, about)};
}

void marketplace::refuse(sender const& from, refusal_code code) { at_.desk().refuse(from.token, code); }

void marketplace::on_call_event(socketio::socket& s, socketio::event const& e, request_kind kind) {
    auto call = call_id_member(e.first_arg());
    sender from = sender_of(s, e, kind, call.value_or(call_id{}));
    auto const& rules = rules_of(kind);
    if (rules.needs_available_account && !is_available(*from.account))
        return refuse(from, refusal_code::account_unavailable);
    services& shared = at_.shared();
    std::string const& subject = from.account->id.text();
    shared.registry.take_attempt(
        *rules.limited_as, subject, limit_of(kind, shared.config.limits), at_.now().mono,
        [this, from, call, kind](bool is_within) mutable {
            auto limit = is_within ? call::allowance::within_limit : call::allowance::over_limit;
            if (call) return find_home(std::move(from), *call, kind, limit);
            refuse(from, is_within ? refusal_code::invalid_call_id : refusal_code::rate_limited);
        });
}

namespace {

call::call_event event_of(request_kind kind, call::client_request request) {
    switch (kind) {
    case request_kind::accept: return call::accept{std::move(request)};
    case request_kind::reject: return call::reject{std::move(request), {}};
    case request_kind::cancel: return call::cancel{std::move(request)};
    default: return call::hang_up{std::move(request)};
    }
}

} // namespace

void marketplace::find_home(sender from, call_id const& call, request_kind kind, call::allowance limit) {
    at_.shared().registry.find_call(
        call, [this, from = std::move(from), call, kind, limit](std::optional<ports::call_home> home) {
            account_id const& id = from.account->id;
            if (home)
                return switchboard::submit(at_, *home, call, event_of(kind, {from.token, id, from.device, limit}),
                                           from.name);
            // Over its limit a sender must not make the store work; what acts on a current call was found above.
            if (limit == call::allowance::over_limit) return refuse(from, refusal_code::rate_limited);
            at_.archive().answer(call, id, from.device.socket, kind, from.token);
        });
}

void marketplace::refresh_token(socketio::socket& s, socketio::event const& e) {
    auto call = call_id_member(e.first_arg());
    sender from = sender_of(s, e, request_kind::refresh_token, call.value_or(call_id{}));
    if (!is_available(*from.account)) return refuse(from, refusal_code::account_unavailable);
    if (!call) return refuse(from, refusal_code::invalid_call_id);
    at_.shared().registry.find_call(*call, [this, from, id = *call](std::optional<ports::call_home> home) {
        if (!home) return refuse(from, refusal_code::call_not_found);
        at_.run_on(home->shard, [id, who = from.account->id, device = from.device, token = from.token](station& there) {
            there.calls().refresh_media(id, who, device, token);
        });
    });
}

} // namespace ringback::gateway
