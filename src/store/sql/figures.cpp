#include "store/sql/figures.hpp"

#include <algorithm>

namespace ringback::store {

void figures::committed(clock::duration took) noexcept {
    auto const time = std::chrono::duration_cast<std::chrono::nanoseconds>(took);
    auto const& bounds = ports::commit_time_bounds;
    auto const at = std::ranges::lower_bound(bounds, std::chrono::duration<double>{time}.count()) - bounds.begin();
    commits_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
    commit_time_.fetch_add(time.count(), std::memory_order_relaxed);
}

ports::store_state figures::state() const {
    clock::duration const since{busy_since_.load(std::memory_order_relaxed)};
    bool const is_silent = since.count() != 0 && clock::now().time_since_epoch() - since > patience;
    ports::store_state s;
    s.is_fenced = is_fenced_.load(std::memory_order_relaxed);
    s.is_available = is_available_.load(std::memory_order_relaxed) && !is_silent && !s.is_fenced;
    s.kept = kept_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < commits_.size(); ++i)
        s.commits[i] = commits_[i].load(std::memory_order_relaxed);
    s.commit_seconds = static_cast<double>(commit_time_.load(std::memory_order_relaxed)) / 1e9;
    return s;
}

} // namespace ringback::store
