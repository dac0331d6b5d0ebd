#pragma once

#include "bus/redis/cluster_message.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::bus {

/// Who hears what other nodes say: never what this one has said itself.
class cluster_listener {
public:
    virtual ~cluster_listener() = default;
    virtual void heard(cluster_request request) = 0;
    virtual void answered(cluster_answer answer) = 0;
    // Of a link with a log.
    /// What follows in the log is heard from here on.
    virtual void log_begins(socketio::cluster_offset at) = 0;
    /// The log did not take it, and nobody else hears it.
    virtual void not_logged(socketio::broadcast_ptr what) = 0;
};

/// The log of a cluster and the sessions that its nodes have lost: what connection state recovery needs.
class cluster_log {
public:
    virtual ~cluster_log() = default;

    /// It is heard in its place among what all nodes say, by this node too, with its offset.
    virtual void log(socketio::broadcast_ptr what) = 0;
    virtual void keep(socketio::lost_session const& session, std::chrono::milliseconds window) = 0;
    /// As socketio::adapter::recover: the session is gone then in any case.
    virtual void take(socketio::recovery_claim claim, socketio::recovery_handler then) = 0;
    /// Adds what the session has missed behind `reached` and moves that on.
    virtual void read_on(std::string nsp, socketio::recovered_session session, socketio::recovery_handler then) = 0;
};

/// A way by which the nodes of a Socket.IO cluster talk, with its own wire format: classic_link, streams_link.
class cluster_link {
public:
    using work = socketio::adapter::work;

    virtual ~cluster_link() = default;

    // On any thread: what say() takes. `id` is what answers will name; an empty one wants none.
    [[nodiscard]] virtual std::string broadcast(socketio::broadcast const& what) const = 0;
    [[nodiscard]] virtual std::string ask(socketio::broadcast const& what, std::string_view id,
                                          std::chrono::milliseconds timeout) const = 0;
    [[nodiscard]] virtual std::string change(socketio::audience_change const& what) const = 0;
    [[nodiscard]] virtual std::string fetch(std::string_view nsp, socketio::audience const& of,
                                            std::string_view id) const = 0;
    [[nodiscard]] virtual std::string server_event(std::string_view nsp, std::string_view name, std::string_view args,
                                                   std::string_view id) const = 0;
    [[nodiscard]] virtual std::string answer(cluster_request const& to, cluster_answer const& what) const = 0;

    // All else on the thread of the first shard.

    /// nullptr: there is none.
    [[nodiscard]] virtual cluster_log* log() noexcept { return nullptr; }
    /// Before anything else. Both outlive the link's last call.
    virtual void start(cluster_listener& listener, socketio::node_tag const& tag) = 0;
    /// Says it to the other nodes, in the order of the calls. It is lost when they are out of reach.
    virtual void say(std::string said) = 0;
    /// How many other nodes serve the namespace. nullopt: nobody can tell. `then` is never called inside this call.
    virtual void count_others(std::string_view nsp, std::move_only_function<void(std::optional<std::size_t>)> then) = 0;
    /// Runs `then` when all that was opened by now is heard: socketio::adapter::when_joined.
    virtual void when_heard(work then) = 0;

    // As room_watcher is told, by each shard.
    virtual void nsp_opened(std::string_view nsp) = 0;
    virtual void nsp_closed(std::string_view nsp) = 0;
    virtual void room_opened(std::string_view nsp, std::string_view room) = 0;
    virtual void room_closed(std::string_view nsp, std::string_view room) = 0;
};

} // namespace ringback::bus
