// webrtc:* and the in-call controls: from the sender's shard to the home of the call.
#include "gateway/peers.hpp"
#include "gateway/signal_text.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {

using call::refusal_code;

void peers::signal(socketio::socket& s, socketio::event const& e, request_kind kind) {
    peer_device& d = peer_of(s);
    auto const& limits = at_.shared().config.peers;
    std::string_view payload = e.first_arg();
    auto call = call_id_member(payload);
    sender from = at_.requests().sender_of(s, e, kind, call.value_or(call_id{}));
    at_.desk().set_bytes(from.token, payload.size());
    auto refuse = [&](refusal_code code) { at_.requests().refuse(from, code); };
    if (limits.max_signal_bytes != 0 && payload.size() > limits.max_signal_bytes)
        return refuse(refusal_code::payload_too_large);
    if (!d.signals.take(limits.signals_per_second, at_.now().mono)) return refuse(refusal_code::rate_limited);
    if (!is_available(*from.account)) return refuse(refusal_code::account_unavailable);
    if (!payload.starts_with('{') || !e.attachments.empty() || count_members(payload, "callId") > 1)
        return refuse(refusal_code::invalid_request);
    if (!call) return refuse(refusal_code::invalid_call_id);
    send_on({.call = *call,
             .from = from.account->id,
             .device = from.device,
             .kind = kind,
             .payload = with_sender(payload, from.account->id),
             .token = from.token},
            d.leg);
}

/// Who owns a side of the call knows its home; only others have to look for it.
void peers::send_on(sent_signal what, peer_device::leg_home const& leg) {
    if (leg.call == what.call) return at_.send(leg.home, std::move(what));
    call_id call = what.call;
    at_.registry().find_call(call, [this, w = std::move(what)](ports::agreed<std::optional<place>> home) mutable {
        if (home && *home) return at_.send(**home, std::move(w));
        at_.desk().refuse(w.token, home ? refusal_code::call_not_found : refusal_code::internal);
    });
}

} // namespace ringback::gateway
