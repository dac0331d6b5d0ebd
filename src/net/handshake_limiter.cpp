#include "net/handshake_limiter.hpp"

#include <algorithm>

namespace ringback::net {

std::expected<handshake_limiter::ticket, std::chrono::seconds> handshake_limiter::admit(mono_time now) noexcept {
    std::uint32_t before = in_flight_.fetch_add(1, std::memory_order_relaxed);
    std::uint32_t already_open = open_.fetch_add(1, std::memory_order_relaxed);
    ticket one{in_flight_, open_};
    if (limits_.open && already_open >= limits_.open) {
        refused_open_.fetch_add(1, std::memory_order_relaxed);
        return std::unexpected{hint()};
    }
    if (limits_.in_flight && before >= limits_.in_flight) {
        refused_in_flight_.fetch_add(1, std::memory_order_relaxed);
        return std::unexpected{hint()};
    }
    if (limits_.per_second && !take_from_rate(now)) {
        refused_rate_.fetch_add(1, std::memory_order_relaxed);
        return std::unexpected{hint()};
    }
    return one;
}

/// A bucket of one second's handshakes, kept as one moment (the generic cell rate algorithm): each handshake moves it
/// on by its share of a second, and it may run ahead of now by one second.
bool handshake_limiter::take_from_rate(mono_time now) noexcept {
    constexpr auto second = std::chrono::duration_cast<mono_time::duration>(std::chrono::seconds{1}).count();
    auto const at = now.time_since_epoch().count();
    auto due = next_due_.load(std::memory_order_relaxed);
    for (;;) {
        auto next = std::max(due, at) + second / limits_.per_second;
        if (next > at + second) return false;
        if (next_due_.compare_exchange_weak(due, next, std::memory_order_relaxed)) return true;
    }
}

std::chrono::seconds handshake_limiter::hint() noexcept {
    auto spread = static_cast<std::uint64_t>(std::max<std::chrono::seconds::rep>(1, limits_.retry_spread.count()));
    return std::chrono::seconds{1 + (refused_open_ + refused_in_flight_ + refused_rate_) % spread};
}

} // namespace ringback::net
