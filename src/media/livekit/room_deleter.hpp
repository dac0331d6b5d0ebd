#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "media/livekit/deletion_schedule.hpp"
#include "media/livekit/http_url.hpp"
#include "media/livekit/livekit_config.hpp"
#include "media/livekit/room_service.hpp"
#include "ports/call_store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ringback::media {

/// Deletes rooms on a thread of its own, over a few connections that are kept. What it cannot delete it retries, as
/// deletion_schedule says, until it is destroyed.
class room_deleter {
public:
    /// `signer`, `clock` and `store` outlive the deleter; the clock's monotonic time is that of the machine. The store
    /// is told of each room that is gone.
    room_deleter(livekit_config const& config, http_url const& url, room_service_signer const& signer,
                 clock_source const& clock, ports::call_store& store);
    room_deleter(room_deleter const&) = delete;
    room_deleter& operator=(room_deleter const&) = delete;
    /// Deletions that are not waiting for a retry get `stop_grace`; then everything is broken off, and the log says how
    /// many rooms are left. Returns soon after the grace at the latest, whatever the network does.
    ~room_deleter();

    /// Thread-safe; returns at once.
    void remove(call_id const& room);

private:
    struct worker;
    struct outcome {
        room_verdict verdict;
        std::string why; ///< of a failure, for the log
    };

    boost::asio::awaitable<void> work(worker& w);
    boost::asio::awaitable<outcome> attempt(worker& w, call_id room);
    void settle(deletion const& what, outcome const& how);
    void wake_all();
    void stop();
    void worker_ended(std::exception_ptr const& failure);

    // given
    livekit_config config_;
    room_service_signer const& signer_;
    clock_source const& clock_;
    ports::call_store& store_;
    // shared with every thread
    std::mutex mutex_;
    deletion_schedule schedule_; ///< guarded by mutex_
    bool woken_ = false;         ///< guarded by mutex_: the loop will look, there is no need to wake it again
    // owned by the thread
    boost::asio::io_context loop_{1};
    boost::asio::ssl::context tls_;
    std::vector<std::unique_ptr<worker>> workers_;
    boost::asio::steady_timer grace_{loop_};
    std::size_t working_ = 0;
    bool stopping_ = false;   ///< wait for nothing any more
    bool broken_off_ = false; ///< begin nothing any more
    std::thread thread_;
};

} // namespace ringback::media
