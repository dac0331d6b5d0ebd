#include "webhooks/dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace ringback::webhooks {

namespace {

bool is_delivered(attempt_result const& how) { return how && *how >= 200 && *how < 300; }

/// It answers for itself: what it refused was this event.
bool is_well(attempt_result const& how) { return how && *how != 429 && *how != 502 && *how != 503 && *how != 504; }

/// Fit for every database and every JSON reader, whatever the other side sent.
std::string reason_of(attempt_result const& how) {
    if (how) return fmt::format("status {}", *how);
    std::string text = how.error().substr(0, 500);
    std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
}

} // namespace

dispatcher::dispatcher(delivery_terms const& terms, wall_time started, std::uint64_t seed)
    : terms_{terms},
      started_{started},
      random_{seed} {}

std::size_t dispatcher::slots(mono_time now) const {
    if (is_probing()) return in_flight_ == 0 && now >= probe_at_ ? 1 : 0;
    return terms_.max_in_flight - std::min(in_flight_, terms_.max_in_flight);
}

std::uint32_t dispatcher::wanted(mono_time now) const {
    if (slots(now) == 0) return 0;
    // While probing also those that are too old by now: one probe must not bury just a few of them.
    constexpr std::size_t to_bury = 256;
    return static_cast<std::uint32_t>(busy_.size() + (is_probing() ? to_bury : terms_.max_in_flight));
}

void dispatcher::broken_off(std::string const& id) {
    --in_flight_;
    busy_.erase(id);
}

wall_time dispatcher::last_attempt_of(ports::waiting_webhook const& w) const {
    return std::max(w.since, started_) + terms_.give_up_after;
}

dispatcher::choice dispatcher::choose(std::vector<ports::waiting_webhook> first, moment now) {
    choice c;
    std::size_t free = slots(now.mono);
    for (auto& w : first) {
        if (busy_.contains(w.id)) continue;
        // Further away than any backoff: the wall clock was set back.
        bool const is_due = w.due <= now.wall || w.due > now.wall + terms_.retry_longest;
        auto const last = last_attempt_of(w);
        if (!is_due) {
            auto const due = now.mono + (w.due - now.wall);
            c.look_again = c.look_again ? std::min(*c.look_again, due) : due;
            continue;
        }
        if (is_probing() && now.wall > last) {
            busy_.emplace(w.id, busy_event{w.attempts, last, false});
            c.bury.emplace_back(ports::webhook_given_up{.id = std::move(w.id),
                                                        .at = now.wall,
                                                        .reason = "the receiver was away for too long",
                                                        .was_attempted = false});
            continue;
        }
        if (free == 0) continue;
        --free;
        ++in_flight_;
        busy_.emplace(w.id, busy_event{w.attempts, last, is_probing()});
        c.send.push_back(std::move(w));
    }
    return c;
}

ports::webhook_settlement dispatcher::finished(std::string const& id, attempt_result const& how, moment now) {
    auto const found = busy_.find(id);
    assert(found != busy_.end());
    --in_flight_;
    if (is_well(how))
        failures_ = failed_probes_ = 0;
    else
        note_failure(found->second.is_probe, now.mono);
    if (is_delivered(how)) return ports::webhook_delivered{id, now.wall};
    if (how && *how == 410)
        return ports::webhook_given_up{id, now.wall, "status 410: the receiver does not want it", true};
    auto const& event = found->second;
    if (now.wall >= event.last_attempt) return ports::webhook_given_up{id, now.wall, reason_of(how), true};
    auto const due = now.wall + backoff(event.attempts + 1, terms_.retry_longest);
    return ports::webhook_postponed{id, std::min(due, event.last_attempt), reason_of(how)};
}

void dispatcher::note_failure(bool of_probe, mono_time now) {
    ++failures_;
    if (of_probe) ++failed_probes_;
    if (is_probing()) probe_at_ = now + backoff(failed_probes_ + 1, terms_.probe_longest);
}

std::chrono::milliseconds dispatcher::backoff(unsigned failures, std::chrono::milliseconds longest) {
    constexpr unsigned max_doublings = 20; // far from an overflow
    auto const whole =
        std::min(longest, terms_.retry_first * (std::int64_t{1} << std::min(failures - 1, max_doublings)));
    std::uniform_int_distribution<std::int64_t> jitter{whole.count() / 2, whole.count()};
    return std::chrono::milliseconds{jitter(random_)};
}

} // namespace ringback::webhooks
