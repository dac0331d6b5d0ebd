#pragma once

#include "store/sql/job.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace ringback::store {

/// What waits for the store thread. Any thread may push; one takes.
class job_queue {
public:
    explicit job_queue(std::size_t max_waiting) : max_waiting_{max_waiting} {}

    /// Beyond the limit only closings still queue up; everything else is only to be refused.
    void push(job what);
    /// Nothing is pushed any more: take() no longer waits.
    void close();

    /// take() returns, with nothing if there is nothing.
    void wake();
    [[nodiscard]] std::size_t size() const;

    struct taken {
        std::vector<job> jobs;    ///< in the order of submission
        std::vector<job> refused; ///< to be answered `unavailable`; their content is gone
        bool is_last = false;     ///< closed, and nothing was left to take
    };
    /// Everything that waits, up to `most`; waits until `until`, or to be woken, when there is nothing.
    [[nodiscard]] taken take(std::size_t most, std::chrono::steady_clock::time_point until);

private:
    std::size_t const max_waiting_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<job> waiting_;
    std::vector<job> refused_;
    bool is_closed_ = false;
    bool is_woken_ = false;
};

} // namespace ringback::store
