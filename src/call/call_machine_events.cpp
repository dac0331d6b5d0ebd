// What each event means in each status of the call. The outcomes themselves are in call_machine_outcome.cpp.
#include "call/call_machine.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace ringback::call {

void call_machine::dispatch(call_event const& event, moment at) {
    std::visit([&](auto const& e) { handle(e, at); }, event);
}

void call_machine::handle(accept const& e, moment at) {
    if (side_of(e.account) != side::callee || e.device.realm != facts_.callee.realm)
        return refuse(e, refusal_code::call_not_found);
    ring_first();
    if (status_ == call_status::ringing) return begin_answer(e, at);
    act(side::callee, e.device);
    if (status_ == call_status::accepted && leg_of(side::callee).device == e.device) {
        // The winner's double tap or retry gets the same success again (races.md row 14).
        if (!facts_.is_between_peers()) out_.push_back(tell{side::callee, e.device, accepted{}});
        return reply(e.token, ack_accepted{});
    }
    // It wanted to call somebody, and knows nothing of the call that it has just missed.
    if (e.by_request) return refuse(e, is_over() ? refusal_code::callee_unavailable : refusal_code::callee_busy);
    refuse(e, refusal_code::call_not_ringing);
    // The app's overlay ignores errors: only a final notice clears it (races.md row 2).
    if (is_over()) out_.push_back(tell{side::callee, e.device, cancelled{.reason = *reason_}});
}

// A callee that names a call which is not announced yet (its id was guessed, or both parties are calling each other) is
// taken at its word, but `ringing` precedes every other event of a call.
void call_machine::ring_first() {
    if (status_ == call_status::ringing && !announced_) announce_ringing();
}

void call_machine::begin_answer(accept const& e, moment at) {
    waiting_ = awaited{.what = awaited::step::answering,
                       .since = now_.mono,
                       .at = at,
                       .token = e.token,
                       .device = e.device,
                       .by_request = e.by_request};
    out_.push_back(record{++questions_, answering{at.wall, rates_}, side::callee, e.device});
}

void call_machine::handle(reject const& e, moment at) {
    if (side_of(e.account) != side::callee) return refuse(e, refusal_code::call_not_found);
    ring_first();
    if (status_ != call_status::ringing) return refuse(e, refusal_code::call_not_ringing);
    rejection_ = e.reason.empty() ? to_string(end_reason::rejected) : e.reason;
    finish({.status = call_status::rejected,
            .reason = end_reason::rejected,
            .at = at,
            .by = actor{side::callee, e.device},
            .token = e.token});
}

// A cancel that finds its call answered hangs up, because the app that sent it has already left the call screen; for
// nothing when the two crossed on the way (races.md row 1).
void call_machine::handle(cancel const& e, moment at) {
    if (side_of(e.account) != side::caller) return refuse(e, refusal_code::call_not_found);
    if (is_over()) return refuse(e, refusal_code::call_not_ringing);
    act(side::caller, e.device);
    ending how{.status = call_status::cancelled,
               .reason = end_reason::cancelled,
               .at = at,
               .by = actor{side::caller, e.device},
               .token = e.token};
    if (status_ == call_status::accepted) {
        bool has_crossed = at.mono - accepted_->mono < config_.cancel_race_window;
        how.status = call_status::completed;
        how.reason = has_crossed ? end_reason::cancelled_late : end_reason::hangup;
    }
    finish(how);
}

void call_machine::handle(hang_up const& e, moment at) {
    auto s = side_of(e.account);
    if (!s) return refuse(e, refusal_code::call_not_found);
    if (status_ == call_status::ringing) return refuse(e, refusal_code::call_not_active);
    if (is_over()) { // both hung up at once, or a repeat: the figures again (races.md rows 20, 24)
        if (e.limit == allowance::over_limit) return refuse(e, refusal_code::rate_limited);
        return reply(e.token, ack_ended{*s, figures_});
    }
    act(*s, e.device);
    finish({.status = call_status::completed,
            .reason = end_reason::hangup,
            .at = at,
            .by = actor{*s, e.device},
            .token = e.token,
            .body = ending::answer_with::figures});
}

namespace {

bool is_at(device_ref device, std::uint32_t node) { return node != 0 && device.socket.at.node == node; }

} // namespace

// A peer's side is taken over on request only: the app has to say that it can go on.
void call_machine::handle(resume const& e, moment) {
    auto s = side_of(e.account);
    if (!s || is_over() || e.device.realm != realm::peer || facts_.of(*s).realm != realm::peer)
        return refuse(e, refusal_code::call_not_found);
    leg& l = leg_of(*s);
    // Back already, by connection state recovery perhaps, and now its app asks too.
    if (!e.instead_of.is_null() && l.device == e.device) return reply(e.token, ack_resumed{*s});
    bool was_away = l.lost_at.has_value();
    bool is_survivors = outage_ ? was_away || !l.shared.empty() : !l.shared.empty();
    bool is_away = l.lost_at && (e.instead_of.is_null() || l.lost_device == e.instead_of);
    bool is_half_open =
        !l.device.is_null() && (l.device == e.instead_of || is_at(l.device, e.instead_of_node)); // row 62
    if (!is_away && !is_half_open && !is_survivors) return refuse(e, refusal_code::call_not_found);
    if (is_survivors) {
        std::erase(l.shared, e.instead_of);
        share(*s, e.device);
    } else {
        own(*s, e.device);
    }
    reply(e.token, ack_resumed{*s});
    for (notice& n : std::exchange(l.untold, {}))
        out_.push_back(tell{*s, e.device, std::move(n)});
    out_.push_back(deliver_kept{*s});
    if (was_away || !is_survivors) tell_screens(other(*s), reconnected{});
    if (leg const& theirs = leg_of(other(*s)); theirs.lost_at)
        out_.push_back(tell{*s, e.device,
                            reconnecting{std::chrono::ceil<std::chrono::milliseconds>(
                                (outage_ ? outage_->grace_end : theirs.grace_end) - now_.mono)}});
    end_outage();
}

void call_machine::handle(device_joined const& e, moment) {
    if (is_over() || e.device.realm != facts_.of(e.side).realm) return;
    leg& l = leg_of(e.side);
    if (status_ == call_status::ringing && e.side == side::callee) {
        ring_too(e.device);
    } else if (e.is_owner && outage_ && l.lost_at) {
        own(e.side, e.device);
        for (notice& n : std::exchange(l.untold, {}))
            out_.push_back(tell{e.side, e.device, std::move(n)});
        end_outage();
    } else if (!facts_.is_between_peers() && (l.lost_at || !l.shared.empty())) {
        outage_ || !l.shared.empty() ? share(e.side, e.device) : own(e.side, e.device);
        for (notice& n : std::exchange(l.untold, {}))
            out_.push_back(tell{e.side, e.device, std::move(n)});
        end_outage();
    } else if (!facts_.is_between_peers() && e.device != l.device) {
        l.newer.push_back(e.device);
    }
}

// Only the owning device of a side counts, and while it rings the last of the callee's (races.md row 28).
void call_machine::handle(device_left const& e, moment at) {
    if (is_over()) return;
    leg& l = leg_of(e.side);
    std::erase(l.newer, e.device);
    if (status_ == call_status::ringing && e.side == side::callee) {
        gone_devices_.push_back(e.device);
        bool was_ringing = std::erase(ringing_devices_, e.device) != 0;
        for (device_ref other : e.remaining)
            ring_too(other);
        if (!was_ringing || !ringing_devices_.empty()) return;
    } else if (std::erase(l.shared, e.device) != 0) {
        if (!facts_.is_between_peers())
            for (device_ref other : e.remaining)
                share(e.side, other);
        if (!l.shared.empty()) return;
        l.lost_device = e.device;
    } else {
        if (l.device.is_null() || l.device != e.device) return;
        l.lost_device = std::exchange(l.device, {});
    }
    lose(e.side, e.lost_at, e.how, at);
    if (e.how != departure::server_lost || is_over() || facts_.is_between_peers()) return;
    // Before the loss was known. The word of a device that came meanwhile may be here first, while the count of those
    // that remain was made before it.
    for (device_ref back : e.remaining)
        share(e.side, back);
    for (device_ref back : std::exchange(l.newer, {}))
        share(e.side, back);
    end_outage();
}

void call_machine::ring_too(device_ref device) {
    auto is_in = [device](std::vector<device_ref> const& some) {
        return std::ranges::find(some, device) != some.end();
    };
    if (is_in(ringing_devices_) || is_in(gone_devices_)) return;
    leg_of(side::callee).lost_at.reset();
    ringing_devices_.push_back(device);
    if (announced_) out_.push_back(tell{side::callee, device, incoming{}});
}

void call_machine::lose(side s, moment lost_at, departure how, moment at) {
    leg& l = leg_of(s);
    l.last_departure = how;
    if (how == departure::server_stops) {
        l.lost_at = lost_at;
        l.grace_end = mono_time::max();
        return;
    }
    if (how == departure::server_lost) return lose_to_outage(s, lost_at, at);
    // A peer that is being called has nothing to come back to: its devices ring or they do not.
    bool is_called_peer = facts_.is_between_peers() && status_ == call_status::ringing && s == side::callee;
    if (outage_ && how == departure::drop) { // the time to come back runs already
        l.lost_at = lost_at;
        if (facts_.is_between_peers()) {
            auto left = std::chrono::ceil<std::chrono::milliseconds>(outage_->grace_end - now_.mono);
            tell_screens(other(s), reconnecting{left});
        }
        return;
    }
    if (how == departure::own_disconnect || config_.reconnect_grace.count() == 0 || is_called_peer)
        return give_up(s, lost_at);
    l.lost_at = lost_at;
    l.grace_end = at.mono + config_.reconnect_grace;
    if (facts_.is_between_peers()) tell_screens(other(s), reconnecting{config_.reconnect_grace});
}

void call_machine::give_up(side s, moment lost_at) {
    finish({.status = status_ == call_status::ringing ? call_status::missed : call_status::completed,
            .reason = loss_of(s),
            .at = lost_at});
}

end_reason call_machine::loss_of(side s) const noexcept {
    bool was_waited_for = leg_of(s).lost_at.has_value();
    if (facts_.is_between_peers() && status_ == call_status::accepted && was_waited_for)
        return end_reason::connection_lost;
    return s == side::caller ? end_reason::caller_disconnected : end_reason::callee_disconnected;
}

void call_machine::handle(deadline_reached const&, moment) {} // apply() has decided what was due

void call_machine::handle(terminate const& e, moment at) {
    if (is_over()) return reply(e.token, ack_done{});
    finish({.status = status_ == call_status::ringing ? call_status::missed : call_status::completed,
            .reason = e.reason,
            .at = at,
            .token = e.token});
}

void call_machine::handle(balance_changed const& e, moment) {
    if (!prepaid_balance_) return;
    if (e.coins) prepaid_balance_ = e.coins;
    if (!waiting_ || waiting_->what != awaited::step::balance || e.answers != questions_) return;
    waiting_.reset();
    end_if_used_up();
    replay();
}

// What the machine knows of the balance can be older than coins that came a moment ago (races.md row 40).
void call_machine::ask_balance() {
    waiting_ = awaited{.what = awaited::step::balance, .since = now_.mono, .at = now_, .token = {}, .device = {}};
    out_.push_back(read_balance{++questions_});
}

void call_machine::end_if_used_up() {
    if (auto paid = paid_until(); paid && *paid <= now_.mono) end_used_up();
}

// At the second that the balance pays for, however much later that is found out.
void call_machine::end_used_up() {
    auto paid = paid_time(*prepaid_balance_, rates_.user).value();
    finish({.status = call_status::completed, .reason = end_reason::coins_exhausted, .at = *accepted_ + paid});
}

void call_machine::handle(recorded const& e, moment) {
    if (!waiting_ || e.number != questions_ || waiting_->what == awaited::step::balance) return; // it was given up
    awaited answered = *waiting_;
    waiting_.reset();
    bool is_written = e.result == recorded::outcome::written;
    if (answered.what == awaited::step::answering) {
        is_written ? become_accepted(answered) : answering_failed(answered);
        return replay();
    }
    may_be_stored_ = is_written;
    if (!is_written) opening_failed();
    replay();
    ring_first();
}

void call_machine::handle(media_hint const& e, moment at) {
    // Somebody went back into the room of a call that is over (races.md row 47).
    if (is_over() && accepted_ && e.what == media_hint::kind::joined) out_.push_back(delete_room{});
    if (is_over() || !media_) return;
    media_->note(e, at);
    note_media_began();
}

void call_machine::handle(media_roster const& e, moment) {
    if (is_over() || !media_) return;
    // Who is about to come back to the call may be about to come back to its media.
    std::array<bool, 2> is_excused{leg_of(side::caller).lost_at.has_value(), leg_of(side::callee).lost_at.has_value()};
    auto over = media_->take(e, is_excused, now_);
    note_media_began();
    if (over) finish({.status = call_status::completed, .reason = over->reason, .at = over->at});
}

void call_machine::note_media_began() {
    // By the media server's clock, which need not be ours.
    if (auto began = media_->take_beginning())
        out_.push_back(record_media{std::clamp(*began, accepted_->wall, std::max(accepted_->wall, now_.wall))});
}

} // namespace ringback::call
