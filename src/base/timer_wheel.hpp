#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace ringback {

/// A hierarchical timer wheel with ticks of one millisecond: arming and cancelling cost a few pointer writes however
/// many timers there are, so that a hundred thousand idle sockets can each have a heartbeat deadline.
///
/// Not thread-safe: one wheel per shard. The owner calls advance() when next_wake() has come. A timer never fires
/// before its deadline; it fires at the latest one tick after it when advance() is called on time.
class timer_wheel {
public:
    /// Embedded in, or a base of, what waits. Neither copied nor moved; cancels itself when it is destroyed.
    class timer {
    public:
        timer() = default;
        timer(timer const&) = delete;
        timer& operator=(timer const&) = delete;

        [[nodiscard]] bool is_armed() const noexcept { return wheel_ != nullptr; }

    protected:
        virtual ~timer() { cancel(); }
        void cancel() noexcept;
        /// Runs inside advance(), disarmed: it may arm again, and may destroy this or any other timer.
        virtual void on_expiry(mono_time now) = 0;

    private:
        friend class timer_wheel;
        timer_wheel* wheel_ = nullptr;
        timer* previous_ = nullptr;
        timer* next_ = nullptr;
        std::uint64_t tick_ = 0;
    };

    explicit timer_wheel(mono_time start) noexcept;
    timer_wheel(timer_wheel const&) = delete;
    timer_wheel& operator=(timer_wheel const&) = delete;
    ~timer_wheel();

    /// (Re-)arms `t`. A deadline in the past fires at the next advance().
    void arm(timer& t, mono_time deadline);
    void cancel(timer& t) noexcept;

    /// When advance() is wanted next, at the latest; nullopt when nothing is armed. It may be earlier than the first
    /// deadline, because far timers move to finer levels on the way.
    [[nodiscard]] std::optional<mono_time> next_wake() const noexcept;
    /// Fires what is due at `now`, in the order of the ticks.
    void advance(mono_time now);

    /// Called after each arm(), so that who drives the wheel may wake earlier. It must not touch the wheel's timers.
    void on_armed(std::function<void()> hook) { on_armed_ = std::move(hook); }

    [[nodiscard]] std::size_t armed() const noexcept { return armed_; }

private:
    static constexpr unsigned slot_bits = 6;
    static constexpr unsigned slots = 1u << slot_bits;
    static constexpr unsigned levels = 6; // 2^36 ms: two years

    struct level {
        std::array<timer*, slots> heads{};
        std::uint64_t occupied = 0; // bit per slot
    };

    [[nodiscard]] std::uint64_t tick_of(mono_time at) const noexcept;
    void link(timer& t) noexcept;
    void unlink(timer& t) noexcept;
    [[nodiscard]] static unsigned level_for(std::uint64_t distance) noexcept;

    mono_time start_;
    std::uint64_t now_ = 0; // ticks since start_ that are done
    std::size_t armed_ = 0;
    std::array<level, levels> levels_{};
    std::function<void()> on_armed_;
};

} // namespace ringback
