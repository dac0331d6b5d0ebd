#include "gateway/call_archive.hpp"

#include "gateway/payloads.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

using call::refusal_code;

archived_answer refused(refusal_code code) { return {std::unexpected{code}, std::nullopt}; }

} // namespace

archived_answer answer_from_archive(std::optional<ports::stored_call> const& stored, account_id const& sender,
                                    request_kind kind) {
    if (!stored || !is_final(stored->status) || !stored->reason) return refused(refusal_code::call_not_found);
    bool is_caller = stored->facts.caller.who.id == sender, is_callee = stored->facts.callee.who.id == sender;
    switch (kind) {
    case request_kind::accept:
        if (!is_callee) break;
        // The app's overlay ignores errors: only a final notice clears it (races.md row 2).
        return {std::unexpected{refusal_code::call_not_ringing}, call::cancelled{.reason = *stored->reason}};
    case request_kind::reject:
        if (is_callee) return refused(refusal_code::call_not_ringing);
        break;
    case request_kind::cancel:
        if (is_caller) return refused(refusal_code::call_not_ringing);
        break;
    case request_kind::end:
        if (!is_caller && !is_callee) break;
        return {call::ack_ended{is_caller ? call::side::caller : call::side::callee, stored->figures}, std::nullopt};
    case request_kind::force_end: return {call::ack_done{}, std::nullopt}; // it is over, as was wanted
    default: break;
    }
    return refused(refusal_code::call_not_found);
}

void call_archive::answer(call_id const& call, account_id const& sender, call::device_ref device, request_kind kind,
                          call::request_token token) {
    using read = ports::read_result<std::optional<ports::stored_call>>;
    auto then = [this, call, sender, device, kind, token](read stored) {
        if (!stored) return at_.desk().refuse(token, refusal_code::internal);
        archived_answer a = answer_from_archive(*stored, sender, kind);
        if (!a.result) {
            at_.desk().refuse(token, a.result.error());
        } else {
            auto const* ended = std::get_if<call::ack_ended>(&*a.result);
            bool is_peer = *stored && (*stored)->facts.is_between_peers();
            if (!ended)
                at_.desk().succeed(token, render_done_ok(call));
            else
                at_.desk().succeed(token, is_peer ? render_peer_ended_ok(*ended, call) : render_ended_ok(*ended, call));
        }
        if (!a.notice) return;
        bool is_peer = device.realm == call::realm::peer;
        auto const what =
            is_peer ? render_peer_final(*a.notice, call) : render_final(*a.notice, call, call::side::callee);
        at_.devices_here().tell(device.socket, call, on_screen::freed, what.name, what.args);
    };
    at_.shared().store.find_call(call, at_.back_here<read>(std::move(then)));
}

} // namespace ringback::gateway
