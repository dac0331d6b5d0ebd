#pragma once

#include "base/clock.hpp"
#include "store/sql/job.hpp"
#include "store/sql/store_config.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace ringback::store {

/// Closings that could not be written, and when to try again. What they say was announced already, so they are not
/// answered before they are written.
class kept_closings {
public:
    explicit kept_closings(store_config const& config);

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
    [[nodiscard]] bool is_full() const noexcept { return waiting_.size() >= most_; }
    [[nodiscard]] mono_time due() const noexcept { return due_; } ///< when to try again

    void keep(job closing, mono_time now); ///< not when it is full
    /// Up to `most` of them, oldest first.
    [[nodiscard]] std::vector<job> take(std::size_t most);
    /// After a try that failed: what is still to be written, the one at fault last. Doubles the wait.
    void put_back(std::vector<job> closings, mono_time now);

private:
    std::size_t most_;
    mono_time::duration first_wait_, longest_wait_, wait_;
    std::deque<job> waiting_;
    mono_time due_{};
};

} // namespace ringback::store
