// The transitions of a call, each in one place, and who is told of them.
#include "call/call_machine.hpp"

#include <algorithm>
#include <cassert>
#include <expected>
#include <utility>
#include <vector>

namespace ringback::call {

void call_machine::opening_failed() {
    finish({.status = call_status::missed, .reason = end_reason::setup_failed, .at = now_});
}

void call_machine::answering_failed(awaited const& lost) { refuse(lost.token, refusal_code::internal); }

void call_machine::announce_ringing() {
    // All devices vanished while the call was being stored (races.md row 7).
    if (ringing_devices_.empty()) return give_up(side::callee, now_);
    announced_ = true;
    if (device_ref caller = leg_of(side::caller).device; !caller.is_null()) own(side::caller, caller);
    for (device_ref d : ringing_devices_)
        out_.push_back(tell{side::callee, d, incoming{}});
    tell_owner(side::caller, ringing{});
    reply(opening_token_, ack_opened{facts_.expires_at});
}

// RINGING → ACCEPTED.
void call_machine::become_accepted(awaited const& won) {
    assert(status_ == call_status::ringing && announced_);
    status_ = call_status::accepted;
    accepted_ = won.at;
    if (config_.media) media_.emplace(*config_.media, won.at);
    own(side::callee, won.device);
    for (device_ref d : std::exchange(ringing_devices_, {}))
        if (d != won.device)
            out_.push_back(tell{side::callee, d, cancelled{.why = cancelled::because::answered_elsewhere}});
    tell_owner(side::caller, accepted{});
    // Between peers whoever hears it makes the offer, or is told by its role that it does not.
    if (!facts_.is_between_peers() || won.by_request) tell_owner(side::callee, accepted{});
    if (won.by_request)
        reply(won.token, ack_joined{facts_.expires_at});
    else
        reply(won.token, ack_accepted{});
    out_.push_back(mark_accepted{});
}

// RINGING or ACCEPTED → the final status.
void call_machine::finish(ending const& e) {
    assert(!is_over() && !waiting_ && is_final(e.status));
    assert((e.status == call_status::completed) == (status_ == call_status::accepted));
    bool was_ringing = status_ == call_status::ringing;
    status_ = e.status;
    reason_ = e.reason;
    moment at = e.at;
    if (outage_) { // nobody has talked since it began, nor beyond what was paid for
        at = outage_->since;
        if (auto paid = paid_until(); paid && *paid < at.mono)
            at = *accepted_ + *paid_time(*prepaid_balance_, rates_.user);
    }
    // A lost party's last packet can be older than the acceptance: such a call lasted 0 seconds.
    ended_ = later_of(at, was_ringing ? created_ : *accepted_);
    if (!was_ringing) figures_ = bill(rates_, accepted_->mono, ended_->mono, e.reason);
    forget_at_ = now_.mono + config_.remembered;

    if (may_be_stored_) {
        closing what{.status = e.status,
                     .reason = e.reason,
                     .accepted_at = accepted_at(),
                     .ended_at = ended_->wall,
                     .rates = was_ringing ? call::rates{} : rates_,
                     .figures = figures_};
        out_.push_back(record{0, what, e.by ? std::optional{e.by->side} : std::nullopt,
                              e.by ? std::optional{e.by->device} : std::nullopt});
    }
    if (!announced_) answer_opening(e);
    if (announced_ || e.status == call_status::cancelled) tell_final(side::caller, was_ringing, e.by);
    if (announced_) tell_final(side::callee, was_ringing, e.by);
    if (e.body == ending::answer_with::figures)
        reply(e.token, ack_ended{e.by->side, figures_});
    else
        reply(e.token, ack_done{});
    out_.push_back(release{});
    if (!was_ringing) out_.push_back(delete_room{});
}

// The call ended before anybody heard of it: its caller learns that from the answer to its request, the callee nothing.
void call_machine::answer_opening(ending const& e) {
    if (e.status == call_status::cancelled) return reply(opening_token_, ack_opened{facts_.expires_at});
    refuse(opening_token_,
           e.reason == end_reason::setup_failed ? refusal_code::internal : refusal_code::callee_unavailable);
}

void call_machine::tell_final(side s, bool was_ringing, std::optional<actor> const& by) {
    leg& l = leg_of(s);
    std::vector<device_ref> devices;
    if (s == side::callee && was_ringing)
        devices = std::exchange(ringing_devices_, {});
    else
        devices = screens(s);
    for (device_ref d : devices)
        if (!by || by->device != d)
            out_.push_back(tell{s, d, final_notice(s, status_, *reason_, figures_, rejection_)});

    bool knows = !devices.empty() || (by && by->side == s) || l.last_departure == departure::own_disconnect;
    if (!knows)
        out_.push_back(keep_final_event{s, final_notice(s, status_, *reason_, figures_, rejection_),
                                        now_ + config_.final_event_kept, outage_ && l.lost_at});
}

void call_machine::own(side s, device_ref device) {
    leg& l = leg_of(s);
    l.device = device;
    l.lost_at.reset();
    if (media_) media_->excuse(s, now_);
    for (device_ref other : std::exchange(l.shared, {})) {
        if (other == device) continue;
        // A peer was shown the call when it came back; devices of the marketplace were told nothing.
        if (facts_.is_between_peers())
            out_.push_back(tell{s, other, cancelled{.why = cancelled::because::answered_elsewhere}});
        out_.push_back(drop_leg{s, other});
    }
    // Before it rings nobody shows the call: announce_ringing() makes up for it.
    if (announced_) out_.push_back(take_leg{s, device});
}

void call_machine::tell_owner(side s, notice const& what) {
    auto const devices = screens(s);
    if (devices.empty()) leg_of(s).untold.push_back(what);
    for (device_ref d : devices)
        out_.push_back(tell{s, d, what});
}

// To who can see the call now: nobody is told later of what is over by then.
void call_machine::tell_screens(side s, notice const& what) {
    if (!announced_) return;
    bool rings = s == side::callee && status_ == call_status::ringing;
    for (device_ref d : rings ? ringing_devices_ : screens(s))
        out_.push_back(tell{s, d, what});
}

void call_machine::reply(request_token token, acknowledgement ok) {
    if (!token.is_null()) out_.push_back(answer{token, std::move(ok)});
}

void call_machine::refuse(client_request const& e, refusal_code code) {
    refuse(e.token, e.limit == allowance::over_limit ? refusal_code::rate_limited : code);
}

void call_machine::refuse(request_token token, refusal_code code) {
    if (!token.is_null()) out_.push_back(answer{token, std::unexpected{code}});
}

} // namespace ringback::call
