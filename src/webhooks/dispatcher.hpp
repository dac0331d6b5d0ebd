#pragma once

#include "base/clock.hpp"
#include "ports/webhook_outbox.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ringback::webhooks {

struct delivery_terms {
    std::size_t max_in_flight = 8;               ///< attempts at once
    std::chrono::milliseconds retry_first{1000}; ///< at most, after the first failure; each further one doubles it
    std::chrono::milliseconds retry_longest{3'600'000};  ///< where the doubling ends
    std::chrono::milliseconds give_up_after{86'400'000}; ///< no event is tried for longer
    unsigned failures_to_probe = 3; ///< failures of the receiver in a row after which it is only probed
    std::chrono::milliseconds probe_longest{30'000}; ///< between two probes
};

/// The status of a complete answer, or why there was none.
using attempt_result = std::expected<int, std::string>;

/// Which events are to be sent when, and what an attempt's result means: 2xx is delivered; 410 says that the receiver
/// does not want the event, which becomes a dead letter; everything else is tried again with exponential backoff and
/// jitter (between half of the backoff and all of it), for give_up_after. The order within a call is the outbox's.
///
/// A receiver that cannot be reached, or says that it cannot serve, fails every event alike: after a few such failures
/// one event at a time goes out as a probe, so that an outage costs the others no attempts, and they are all due when
/// it is over. Decides only: no clock, no I/O. Not thread-safe.
class dispatcher {
public:
    /// `started`: what was created before is tried for give_up_after from then on.
    dispatcher(delivery_terms const& terms, wall_time started, std::uint64_t seed);

    /// How many of the outbox's first events to read now; 0: nothing could be sent. Then look again when something is
    /// finished, and at probe_at() when nothing is in flight.
    [[nodiscard]] std::uint32_t wanted(mono_time now) const;

    struct choice {
        std::vector<ports::waiting_webhook> send;    ///< each is owed a finished()
        std::vector<ports::webhook_settlement> bury; ///< each is owed a settled()
        std::optional<mono_time> look_again;         ///< when the next one is due; nullopt: none of those read
    };
    /// `first` are the outbox's first events, as many as were wanted() or all.
    [[nodiscard]] choice choose(std::vector<ports::waiting_webhook> first, moment now);

    /// What to tell the outbox of an attempt.
    [[nodiscard]] ports::webhook_settlement finished(std::string const& id, attempt_result const& how, moment now);
    /// An attempt that was broken off here, by no fault of the receiver's: the event is as it was.
    void broken_off(std::string const& id);
    /// The outbox has it. Until then the event is not sent again, whatever the outbox shows.
    void settled(std::string const& id) { busy_.erase(id); }

    [[nodiscard]] bool is_probing() const noexcept { return failures_ >= terms_.failures_to_probe; }
    [[nodiscard]] mono_time probe_at() const noexcept { return probe_at_; }
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

private:
    /// An event that must not be sent: it is under way, or its result is.
    struct busy_event {
        std::uint32_t attempts = 0;
        wall_time last_attempt{}; ///< when it is tried for the last time
        bool is_probe = false;
    };

    [[nodiscard]] std::size_t slots(mono_time now) const;
    [[nodiscard]] wall_time last_attempt_of(ports::waiting_webhook const& w) const;
    void note_failure(bool of_probe, mono_time now);
    [[nodiscard]] std::chrono::milliseconds backoff(unsigned failures, std::chrono::milliseconds longest);

    delivery_terms const terms_;
    wall_time const started_;
    std::map<std::string, busy_event> busy_; ///< by id
    std::size_t in_flight_ = 0;
    unsigned failures_ = 0;      ///< of the receiver, in a row
    unsigned failed_probes_ = 0; ///< in a row
    mono_time probe_at_{};       ///< while probing: when the next attempt may begin
    std::mt19937_64 random_;
};

} // namespace ringback::webhooks
