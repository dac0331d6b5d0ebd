#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "media/livekit/circuit_breaker.hpp"
#include "media/livekit/http_client.hpp"
#include "media/livekit/http_url.hpp"
#include "media/livekit/livekit_config.hpp"
#include "media/livekit/room_deleter.hpp"
#include "media/livekit/room_service.hpp"
#include "media/livekit/store_answer.hpp"
#include "ports/call_store.hpp"
#include "ports/duty_roster.hpp"
#include "ports/media_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ringback::media {

/// Looks at rooms, on a thread of its own: answers who is in one, and sweeps. A sweep, at the start and from time to
/// time, gives the deleter the rooms that the store has not seen gone, and those that LiveKit has of calls that the
/// store knows to be over (somebody went back with a token that was still good). Rooms whose names are no calls of the
/// store belong to somebody else. Of the nodes of a cluster each gives the rooms of its own calls, and one at a time
/// reads LiveKit's list.
class room_inspector {
public:
    using found = std::optional<std::vector<ports::media_participant>>;

    /// `signer`, `clock`, `store`, `duties` and `deleter` outlive the inspector; the clock's monotonic time is that of
    /// the machine.
    room_inspector(livekit_config const& config, http_url const& url, room_service_signer const& signer,
                   clock_source const& clock, ports::call_store& store, ports::duty_roster& duties,
                   room_deleter& deleter);
    room_inspector(room_inspector const&) = delete;
    room_inspector& operator=(room_inspector const&) = delete;
    /// Breaks off what is under way; questions that wait are answered with nullopt.
    ~room_inspector();

    /// Thread-safe. `done` is called on the inspector's thread, or at once. nullopt while LiveKit is down: it is not
    /// asked for each question, but probed.
    void ask(call_id const& room, ports::completion<found> done);

private:
    struct worker;
    struct question {
        call_id room;
        ports::completion<found> done;
    };
    struct outcome {
        found there;
        bool is_servers_fault = false;
    };

    boost::asio::awaitable<void> work(worker& w);
    boost::asio::awaitable<outcome> look(worker& w, call_id room);
    boost::asio::awaitable<void> sweep_for_ever();
    boost::asio::awaitable<bool> sweep();
    boost::asio::awaitable<std::optional<std::vector<call_id>>> list_rooms();
    void wake_all();
    void stop();

    // given
    livekit_config config_;
    room_service_signer const& signer_;
    clock_source const& clock_;
    ports::call_store& store_;
    ports::duty_roster& duties_;
    room_deleter& deleter_;
    // shared with every thread
    std::mutex mutex_;
    std::deque<question> questions_; ///< guarded by mutex_
    bool woken_ = false;             ///< guarded by mutex_: the loop will look, there is no need to wake it again
    // owned by the thread
    boost::asio::io_context loop_{1};
    boost::asio::ssl::context tls_;
    std::shared_ptr<loop_door> door_;
    circuit_breaker breaker_;
    bool is_probing_ = false;
    std::vector<std::unique_ptr<worker>> workers_;
    http_client list_client_;                     ///< of the sweep
    boost::asio::steady_timer sweep_wait_{loop_}; ///< for the next sweep, or the store
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace ringback::media
