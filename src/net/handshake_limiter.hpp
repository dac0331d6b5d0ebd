#pragma once

#include "base/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <utility>

namespace ringback::net {

/// How many clients may come in at once. After an outage all official clients return in the same second, and those that
/// get no answer in time make it worse by asking again. 0 switches a limit off.
struct handshake_limits {
    std::uint32_t open = 0; ///< sessions at once, those that are being opened included
    /// Sessions that are being opened: from the request until the protocol above sends its first message (Socket.IO:
    /// the client has been let in, or has not), or the session ends.
    std::uint32_t in_flight = 0;
    std::uint32_t per_second = 0; ///< on average over the last second
    /// Refused clients are told one after the other to come back after 1 s, 2 s, … up to this, so that those who listen
    /// spread.
    std::chrono::seconds retry_spread{10};
};

/// Counts the handshakes of a server against its limits. Thread-safe; costs a few atomic operations.
class handshake_limiter {
public:
    explicit handshake_limiter(handshake_limits const& limits) noexcept : limits_{limits} {}
    handshake_limiter(handshake_limiter const&) = delete;
    handshake_limiter& operator=(handshake_limiter const&) = delete;

    /// One session: in flight until opened(), open until it is destroyed. An empty one stands for none.
    class ticket {
    public:
        ticket() = default;
        ticket(ticket&& other) noexcept
            : in_flight_{std::exchange(other.in_flight_, nullptr)},
              open_{std::exchange(other.open_, nullptr)} {}
        ticket& operator=(ticket&& other) noexcept {
            std::swap(in_flight_, other.in_flight_);
            std::swap(open_, other.open_);
            return *this;
        }
        ~ticket() {
            opened();
            if (open_) open_->fetch_sub(1, std::memory_order_relaxed);
        }
        /// The handshake is over.
        void opened() noexcept {
            if (in_flight_) std::exchange(in_flight_, nullptr)->fetch_sub(1, std::memory_order_relaxed);
        }

    private:
        friend class handshake_limiter;
        using counter = std::atomic<std::uint32_t>;
        ticket(counter& in_flight, counter& open) noexcept : in_flight_{&in_flight}, open_{&open} {}

        counter* in_flight_ = nullptr;
        counter* open_ = nullptr;
    };

    /// Lets one in, or says after which time to try again.
    [[nodiscard]] std::expected<ticket, std::chrono::seconds> admit(mono_time now) noexcept;

    [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }
    /// Refused so far, for the number of open sessions, for their number in flight and for their rate.
    [[nodiscard]] std::uint64_t refused_open() const noexcept { return refused_open_; }
    [[nodiscard]] std::uint64_t refused_in_flight() const noexcept { return refused_in_flight_; }
    [[nodiscard]] std::uint64_t refused_rate() const noexcept { return refused_rate_; }

private:
    [[nodiscard]] bool take_from_rate(mono_time now) noexcept;
    [[nodiscard]] std::chrono::seconds hint() noexcept;

    handshake_limits const limits_;
    std::atomic<std::uint32_t> in_flight_{0}, open_{0};
    std::atomic<mono_time::rep> next_due_{0}; ///< when the handshakes let in so far would be due, evenly spaced
    std::atomic<std::uint64_t> refused_open_{0}, refused_in_flight_{0}, refused_rate_{0};
};

} // namespace ringback::net
