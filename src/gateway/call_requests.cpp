#include "gateway/call_requests.hpp"

#include "gateway/event_payload.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {

using call::refusal_code;

void call_requests::serve(socketio::nsp& where, request_kind kind) {
    where.on(std::string{rules_of(kind).event},
             [this, kind](socketio::socket& s, socketio::event const& e) { on_call_event(s, e, kind); });
}

call_requests::sender call_requests::sender_of(socketio::socket& s, socketio::event const& e, request_kind kind,
                                               call_id const& about) {
    device& d = device_of(s);
    d.account = at_.shared().accounts.latest(d.account);
    return {d.account, ref_of(s), name_of(s), at_.desk().open(s, e.ack_id, kind, about)};
}

void call_requests::refuse(sender const& from, refusal_code code) { at_.desk().refuse(from.token, code); }

void call_requests::on_call_event(socketio::socket& s, socketio::event const& e, request_kind kind) {
    auto call = call_id_member(e.first_arg());
    sender from = sender_of(s, e, kind, call.value_or(call_id{}));
    auto const& rules = rules_of(kind);
    bool has_reason = kind == request_kind::reject && from.device.realm == call::realm::peer;
    std::string reason = has_reason ? text_member(e.first_arg(), "reason").value_or("") : std::string{};
    // The call is rejected all the same: what acts on one's own call is never refused for its size.
    if (auto most = at_.shared().config.peers.metadata_bytes; most != 0 && reason.size() > most) reason.clear();
    if (rules.needs_available_account && !is_available(*from.account))
        return refuse(from, refusal_code::account_unavailable);
    services& shared = at_.shared();
    std::string const& subject = from.account->id.text();
    at_.registry().take_attempt(
        *rules.limited_as, subject, limit_of(kind, shared.config.limits), at_.now().mono,
        [this, from, call, kind, reason = std::move(reason)](bool is_within) mutable {
            auto limit = is_within ? call::allowance::within_limit : call::allowance::over_limit;
            if (call) return find_home(std::move(from), *call, kind, limit, std::move(reason));
            refuse(from, is_within ? refusal_code::invalid_call_id : refusal_code::rate_limited);
        });
}

namespace {

call::call_event event_of(request_kind kind, call::client_request request, std::string reason) {
    switch (kind) {
    case request_kind::accept: return call::accept{std::move(request)};
    case request_kind::reject: return call::reject{std::move(request), std::move(reason)};
    case request_kind::cancel: return call::cancel{std::move(request)};
    default: return call::hang_up{std::move(request)};
    }
}

} // namespace

void call_requests::find_home(sender from, call_id const& call, request_kind kind, call::allowance limit,
                              std::string reason) {
    using found = ports::agreed<std::optional<place>>;
    at_.registry().find_call(call, [this, from = std::move(from), call, kind, limit,
                                    reason = std::move(reason)](found home) mutable {
        account_id const& id = from.account->id;
        if (!home) return refuse(from, refusal_code::internal);
        if (*home)
            return switchboard::submit(
                at_, **home, call, event_of(kind, {from.token, id, from.device, limit}, std::move(reason)), from.name);
        // Over its limit a sender must not make the store work; what acts on a current call was found above.
        if (limit == call::allowance::over_limit) return refuse(from, refusal_code::rate_limited);
        at_.archive().answer(call, id, from.device, kind, from.token);
    });
}

void call_requests::refresh_token(socketio::socket& s, socketio::event const& e) {
    auto call = call_id_member(e.first_arg());
    sender from = sender_of(s, e, request_kind::refresh_token, call.value_or(call_id{}));
    if (!is_available(*from.account)) return refuse(from, refusal_code::account_unavailable);
    if (!call) return refuse(from, refusal_code::invalid_call_id);
    at_.registry().find_call(*call, [this, from, id = *call](ports::agreed<std::optional<place>> home) {
        if (!home) return refuse(from, refusal_code::internal);
        if (!*home) return refuse(from, refusal_code::call_not_found);
        at_.send(**home, wanted_media{id, from.account->id, from.device, from.token});
    });
}

} // namespace ringback::gateway
