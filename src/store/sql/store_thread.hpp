#pragma once

#include "base/clock.hpp"
#include "store/sql/dialect.hpp"
#include "store/sql/group_commit.hpp"
#include "store/sql/job.hpp"
#include "store/sql/job_queue.hpp"
#include "store/sql/reader_pool.hpp"
#include "store/sql/store_config.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace ringback::store {

/// The thread that owns the connection that writes: takes all that waits, runs it as a group, waits again.
class store_thread {
public:
    store_thread(database_source const& from, store_config const& config, clock_source const& clock);
    /// Runs and answers what was submitted, then ends the thread.
    ~store_thread();
    store_thread(store_thread const&) = delete;
    store_thread& operator=(store_thread const&) = delete;

    /// From any thread.
    void submit(job what) { queue_.push(std::move(what)); }
    /// These two only from an answer, which runs on this thread.
    void begin_liveness(integer node) { groups_.begin_liveness(node); }
    void watch_fence(std::function<void()> on_fenced) { groups_.watch_fence(std::move(on_fenced)); }
    /// From any thread.
    [[nodiscard]] ports::store_state state() const;

private:
    void loop();
    /// Takes those out of the jobs that are for the readers.
    [[nodiscard]] std::vector<query_job> lists_of(std::vector<job>& jobs) const;

    /// Takes those out of the jobs for whose answer nobody waits any more.
    [[nodiscard]] std::vector<job> late_ones_of(std::vector<job>& jobs) const;

    std::size_t const max_group_;
    std::chrono::milliseconds const longest_wait_;
    std::optional<reader_pool> readers_; ///< none: lists are read like everything else
    job_queue queue_;
    group_commit groups_; ///< of the thread, once it runs
    std::thread thread_;
};

} // namespace ringback::store
