#pragma once

#include "store/sql/connection.hpp"
#include "store/sql/store_config.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace ringback::store {

/// Connects again after a loss, on a thread of its own: whoever waits for the store is answered meanwhile.
class reconnector {
public:
    /// `made` is called on that thread whenever a connection is there to be taken.
    reconnector(std::function<open_database()> open, store_config const& config, std::function<void()> made);
    /// Waits for a try that is under way.
    ~reconnector();
    reconnector(reconnector const&) = delete;
    reconnector& operator=(reconnector const&) = delete;

    /// From now on, until there is a connection. The first try is made at once, unless the last connection came only
    /// just now: the waits between tries go on growing then.
    void begin();
    /// null: not yet.
    [[nodiscard]] std::unique_ptr<connection> take();

private:
    void loop();
    /// null, after a wait: it was no good.
    [[nodiscard]] std::unique_ptr<connection> attempt();

    std::function<open_database()> const open_;
    std::chrono::milliseconds const first_wait_, longest_wait_, answer_timeout_;
    std::function<void()> const made_;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_wanted_ = false;
    bool is_over_ = false;
    std::unique_ptr<connection> ready_;
    std::thread thread_; ///< last: it uses the others
};

} // namespace ringback::store
