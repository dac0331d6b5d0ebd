#pragma once

#include "base/clock.hpp"
#include "call/rate_limit.hpp"
#include "registry/redis/bounds.hpp"
#include "registry/redis/cluster_news.hpp"
#include "registry/redis/held_here.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace ringback::registry {

/// What the round trips of a node are for, one kind for each script.
enum class operation : std::uint8_t {
    add_device,
    remove_device,
    end_linger,
    claim,
    take_over,
    mark_accepted,
    release,
    forget_call,
    find_call,
    active_call_of,
    keep_final_event,
    presence_of,
    present_in,
    present_among,
    counts,
    take_attempt,
    tick,
    rebuild ///< joining, telling what is held, dropping a node
};
inline constexpr std::size_t operation_count = 18;
[[nodiscard]] std::string_view to_string(operation o) noexcept; ///< add_device …

/// What the shards of one node share: whether this node takes part now and under which number, what it holds, and what
/// waits to be told to its membership. One per node, outlives its registries and its membership. Thread-safe.
class agreement {
public:
    /// `ring_timeout`: how long a call may ring; a little later other nodes see to it.
    explicit agreement(std::chrono::milliseconds ring_timeout) : ring_timeout_{ring_timeout} {}

    /// Until then this node may decide: when it is over, another may have taken its calls over (the process was
    /// stopped, or cut off from Redis). Ahead of now while all is well.
    [[nodiscard]] mono_time valid_until() const noexcept {
        return mono_time{mono_time::duration{valid_until_.load(std::memory_order_relaxed)}};
    }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t round_trips(operation o) const noexcept {
        return round_trips_[static_cast<std::size_t>(o)].load(std::memory_order_relaxed);
    }

private:
    friend class membership;
    friend class redis_registry;

    std::chrono::milliseconds ring_timeout_;
    std::atomic<mono_time::rep> valid_until_{0};
    std::atomic<std::uint32_t> number_{0};
    std::array<std::atomic<std::uint64_t>, operation_count> round_trips_{};
};

} // namespace ringback::registry
