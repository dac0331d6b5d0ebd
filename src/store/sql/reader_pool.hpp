#pragma once

#include "store/sql/connection.hpp"
#include "store/sql/job.hpp"
#include "store/sql/store_config.hpp"
#include "store/sql/watchdog.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ringback::store {

/// Threads with a connection each that read lists, so that a long one stands in no call's way. They connect when they
/// are first needed, and again after a loss.
class reader_pool {
public:
    reader_pool(std::function<open_database()> open, store_config const& config);
    /// Runs and answers what was given.
    ~reader_pool();
    reader_pool(reader_pool const&) = delete;
    reader_pool& operator=(reader_pool const&) = delete;

    /// From any thread. Beyond the limit it is answered `unavailable` here.
    void run(query_job what);

private:
    struct reader {
        std::unique_ptr<connection> on; ///< null: none
        std::chrono::steady_clock::time_point next_try{};
        watchdog guard;
    };

    void loop();
    void carry_out(query& what, reader& by);

    std::function<open_database()> const open_;
    store_config const config_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<query_job> waiting_;
    bool is_over_ = false;
    std::vector<std::thread> threads_; ///< last: they use the others
};

} // namespace ringback::store
