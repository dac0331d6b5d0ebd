#include "media/livekit/deletion_schedule.hpp"

#include <algorithm>

namespace ringback::media {

std::optional<call_id> deletion_schedule::add(call_id const& room, mono_time now) {
    if (rooms_.contains(room)) return std::nullopt;
    return insert({room, ++last_number_, 0, now}, now);
}

std::optional<call_id> deletion_schedule::insert(deletion const& what, mono_time due) {
    rooms_.insert(what.room);
    waiting_.emplace(what.number, waiting_deletion{what, due});
    by_due_.emplace(due, what.number);
    if (waiting_.size() <= config_.max_waiting) return std::nullopt;
    auto oldest = waiting_.begin();
    call_id dropped = oldest->second.what.room;
    by_due_.erase({oldest->second.due, oldest->first});
    waiting_.erase(oldest);
    rooms_.erase(dropped);
    return dropped;
}

std::optional<mono_time> deletion_schedule::next_due() const {
    if (by_due_.empty()) return std::nullopt;
    mono_time first = by_due_.begin()->first;
    if (!is_open()) return first;
    if (under_way_ > 0) return std::nullopt;
    return std::max(first, server_.probe_at());
}

std::optional<deletion> deletion_schedule::next(mono_time now) {
    auto due = next_due();
    if (!due || *due > now) return std::nullopt;
    // By the time when they are due, not by age: a room that always fails must not be every probe.
    auto found = waiting_.find(by_due_.begin()->second);
    deletion what = found->second.what;
    by_due_.erase(by_due_.begin());
    waiting_.erase(found);
    rooms_.erase(what.room);
    ++under_way_;
    return what;
}

void deletion_schedule::settled() {
    --under_way_;
    server_.answered();
}

std::optional<call_id> deletion_schedule::failed(deletion what, deletion_failure why, mono_time now) {
    --under_way_;
    if (why == deletion_failure::of_room)
        server_.answered();
    else
        server_.failed(now);
    mono_time due = now + server_.backoff(++what.failures);
    if (due > what.asked_at + config_.give_up_after) return what.room;
    if (rooms_.contains(what.room)) return std::nullopt; // asked for again meanwhile
    return insert(what, due);
}

} // namespace ringback::media
