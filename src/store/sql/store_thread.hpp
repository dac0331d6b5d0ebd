#pragma once

#include "base/clock.hpp"
#include "store/sql/dialect.hpp"
#include "store/sql/group_commit.hpp"
#include "store/sql/job.hpp"
#include "store/sql/job_queue.hpp"
#include "store/sql/store_config.hpp"

#include <thread>

namespace ringback::store {

/// The thread that owns a database: takes all that waits, runs it as a group, waits again.
class store_thread {
public:
    store_thread(open_database database, store_config const& config, clock_source const& clock);
    /// Runs and answers what was submitted, then ends the thread.
    ~store_thread();
    store_thread(store_thread const&) = delete;
    store_thread& operator=(store_thread const&) = delete;

    /// From any thread.
    void submit(job what) { queue_.push(std::move(what)); }
    /// Only from an answer, which runs on this thread.
    void begin_liveness() { groups_.begin_liveness(); }

private:
    void loop();

    std::size_t const max_group_;
    job_queue queue_;
    group_commit groups_; ///< of the thread, once it runs
    std::thread thread_;
};

} // namespace ringback::store
