#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace ringback::call {

/// How many signals one socket may send: bursts of 256, refilled with `per_second`.
class burst_limit {
public:
    static constexpr double burst = 256;

    /// Whether one more may pass. A `per_second` of 0 is no limit. `now` never goes back.
    [[nodiscard]] bool take(std::uint32_t per_second, mono_time now);

private:
    double left_ = burst;
    mono_time since_{};
};

} // namespace ringback::call
