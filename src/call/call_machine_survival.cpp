// A call that outlives its server: it has parties, but no devices until they come back.
#include "call/call_machine.hpp"

#include <algorithm>
#include <utility>

namespace ringback::call {

namespace {

// Where the monotonic clock of today would have stood then.
moment moment_of(wall_time then, moment now) { return {now.mono - (now.wall - then), then}; }

} // namespace

call_machine::call_machine(call_survival left, call_config const& config, moment now)
    : config_{config},
      facts_{std::move(left.facts)},
      rates_{left.rates},
      created_{moment_of(facts_.created_at, now)},
      prepaid_balance_{left.prepaid_balance},
      now_{now},
      status_{call_status::accepted},
      accepted_{moment_of(left.accepted_at, now)},
      outage_{outage{moment_of(left.lost_at, now), now.mono + config.recovery_grace}},
      may_be_stored_{true},
      announced_{true} {
    for (leg& l : legs_)
        l.lost_at = outage_->since;
    if (config_.media) {
        config_.media->join_timeout = {}; // nobody knows any more who had reached the media
        media_.emplace(*config_.media, now);
    }
    // The server may have been lost before it could tell what it had just written (races.md row 36).
    if (left.lost_at - left.accepted_at >= config.record_patience) return;
    leg_of(side::caller).untold = {accepted{}};
    if (!facts_.is_between_peers()) leg_of(side::callee).untold = {accepted{}};
}

std::vector<device_ref> call_machine::screens(side s) const {
    leg const& l = leg_of(s);
    if (l.device.is_null()) return l.shared;
    return {l.device};
}

bool call_machine::is_shared_with(side s, device_ref device) const noexcept {
    return std::ranges::find(leg_of(s).shared, device) != leg_of(s).shared.end();
}

// A survivor's: nobody knows any more which of the account's devices it was.
void call_machine::share(side s, device_ref device) {
    leg& l = leg_of(s);
    l.lost_at.reset();
    if (media_) media_->excuse(s, now_);
    if (is_shared_with(s, device)) return;
    l.shared.push_back(device);
    out_.push_back(take_leg{s, device});
}

void call_machine::act(side s, device_ref device) {
    if (!is_over() && is_shared_with(s, device)) own(s, device);
}

void call_machine::handle(device_acted const& e, moment) { act(e.side, e.device); }

// The server of a party is gone, not that of the call: to who rang it is as if the call were gone with it, and who
// talked may come back as to a survivor.
void call_machine::lose_to_outage(side s, moment lost_at, moment at) {
    leg& l = leg_of(s);
    l.last_departure = departure::drop; // not of its own will
    if (status_ == call_status::ringing)
        return finish({.status = call_status::missed, .reason = end_reason::server_lost, .at = lost_at});
    l.lost_at = later_of(lost_at, *accepted_);
    if (!outage_) outage_ = outage{*l.lost_at, at.mono + config_.recovery_grace};
    if (facts_.is_between_peers()) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(outage_->grace_end - now_.mono);
        tell_screens(other(s), reconnecting{left});
    }
}

// Both parties are back.
void call_machine::end_outage() {
    if (!outage_ || leg_of(side::caller).lost_at || leg_of(side::callee).lost_at) return;
    outage_.reset();
    out_.push_back(record{0, resumption{now_.wall}, std::nullopt, std::nullopt});
}

} // namespace ringback::call
