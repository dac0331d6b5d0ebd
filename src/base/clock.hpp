#pragma once

#include <algorithm>
#include <chrono>
#include <string>

namespace ringback {

/// Durations and deadlines are taken from the monotonic clock, stamps that people read from the wall clock,
/// so that a stepped clock never changes what a call costs (races.md row 42).
using mono_time = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// One reading of both clocks. Pure logic gets it as an argument and never asks for the time itself.
struct moment {
    mono_time mono{};
    wall_time wall{};

    friend moment operator+(moment m, std::chrono::milliseconds d) { return {m.mono + d, m.wall + d}; }
    friend bool operator==(moment const&, moment const&) = default;
    /// By each clock.
    friend moment later_of(moment const& a, moment const& b) {
        return {std::max(a.mono, b.mono), std::max(a.wall, b.wall)};
    }
};

/// Where the I/O layers read the time. Thread-safe.
class clock_source {
public:
    virtual ~clock_source() = default;
    [[nodiscard]] virtual moment now() const = 0;
};

/// The clocks of the machine.
class system_clock_source final : public clock_source {
public:
    [[nodiscard]] moment now() const override;
};

/// What programs use that have no clock of their own to pass. Lives as long as the process.
[[nodiscard]] clock_source const& machine_clock() noexcept;

/// ISO 8601 with milliseconds in UTC, `2026-11-20T12:00:00.000Z`: the form of every time on the wire.
[[nodiscard]] std::string iso8601(wall_time at);

} // namespace ringback
