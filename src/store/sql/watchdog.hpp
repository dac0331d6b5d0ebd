#pragma once

#include "store/sql/dialect.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace ringback::store {

/// Cuts the connection to a server that does not answer: no option of libpq does that for a server that stands still on
/// a network which works.
class watchdog {
public:
    explicit watchdog(std::chrono::milliseconds limit);
    ~watchdog();
    watchdog(watchdog const&) = delete;
    watchdog& operator=(watchdog const&) = delete;

    /// While it lives, `link` is cut once `limit` has passed. One at a time.
    class watch {
    public:
        watch(watchdog& by, server_link& link) : by_{by} { by_.begin(&link); }
        ~watch() { by_.begin(nullptr); }
        watch(watch const&) = delete;
        watch& operator=(watch const&) = delete;

    private:
        watchdog& by_;
    };

private:
    using clock = std::chrono::steady_clock;

    void begin(server_link* link);
    void loop();

    std::chrono::milliseconds const limit_;
    std::mutex mutex_;
    std::condition_variable ended_;
    server_link* link_ = nullptr; ///< null: nothing is waited for
    clock::time_point until_{};
    bool is_over_ = false;
    std::thread thread_;
};

} // namespace ringback::store
