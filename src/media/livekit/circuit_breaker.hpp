#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <random>

namespace ringback::media {

struct breaker_config {
    unsigned failures_to_open = 3;                 ///< of the server, in a row
    std::chrono::milliseconds first_backoff{250};  ///< at most, after the first failure; each further one doubles it
    std::chrono::milliseconds max_backoff{30'000}; ///< where the doubling ends
};

/// Whether a server that fails is asked at all. After a few failures in a row it opens: from then on there is one
/// attempt at a time, a probe, with a growing backoff between them; the first answer closes it. Decides only: no clock,
/// no I/O. Not thread-safe.
class circuit_breaker {
public:
    circuit_breaker(breaker_config const& config, std::uint64_t seed) : config_{config}, random_{seed} {}

    [[nodiscard]] bool is_open() const noexcept { return failures_ >= config_.failures_to_open; }
    /// While it is open: when the next attempt may begin.
    [[nodiscard]] mono_time probe_at() const noexcept { return probe_at_; }

    void answered() noexcept { failures_ = 0; }
    void failed(mono_time now);

    /// Between half of the backoff after so many failures and all of it, so that what one outage has gathered does not
    /// come back in one wave.
    [[nodiscard]] std::chrono::milliseconds backoff(unsigned failures);

private:
    breaker_config config_;
    unsigned failures_ = 0; ///< in a row
    mono_time probe_at_{};
    std::mt19937_64 random_;
};

/// For circuit_breaker and what holds one.
[[nodiscard]] std::uint64_t random_seed();

} // namespace ringback::media
