#pragma once

#include "ports/store_state.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringback::store {

/// What the store's thread does, for those who look on from other threads.
class figures {
public:
    using clock = std::chrono::steady_clock;
    /// Silent for longer, a database does not answer (contract section 6, promise 1).
    static constexpr std::chrono::seconds patience{1};

    void set_available(bool is_available) noexcept { is_available_.store(is_available, std::memory_order_relaxed); }
    void set_fenced() noexcept { is_fenced_.store(true, std::memory_order_relaxed); }
    void set_kept(std::size_t count) noexcept { kept_.store(count, std::memory_order_relaxed); }
    void begin_work() noexcept {
        busy_since_.store(clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    }
    void end_work() noexcept { busy_since_.store(0, std::memory_order_relaxed); }
    void committed(clock::duration took) noexcept;

    /// All but `waiting`.
    [[nodiscard]] ports::store_state state() const;

private:
    std::atomic<bool> is_available_{true};
    std::atomic<bool> is_fenced_{false};
    std::atomic<std::size_t> kept_{0};
    std::atomic<clock::rep> busy_since_{0}; ///< 0: nothing is asked of the database
    std::array<std::atomic<std::uint64_t>, ports::commit_time_bounds.size() + 1> commits_{};
    std::atomic<std::int64_t> commit_time_{0}; ///< nanoseconds
};

} // namespace ringback::store
