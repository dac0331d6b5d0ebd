#pragma once

#include "socketio/broadcast.hpp"
#include "socketio/recovery.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

class hub;

/// How far a request goes.
enum class reach : std::uint8_t {
    cluster, ///< every node
    node     ///< all shards of this process: the reference's `local`
};

using broadcast_ack_handler = std::move_only_function<void(broadcast_answers)>;
using fetch_handler = std::move_only_function<void(std::vector<socket_description>)>;
/// Raw JSON arguments of the answers of the other nodes; `complete` is false when one did not answer in time.
using server_answers_handler = std::move_only_function<void(std::vector<std::string> answers, bool complete)>;
/// nullopt: there is no such session, or what it missed is no longer known completely.
using recovery_handler = std::move_only_function<void(std::optional<recovered_session>)>;

/// The first bytes of every socket id that the hubs of one process make; encoded they are four characters.
using node_tag = std::array<char, 3>;

/// Is told what the hubs of a process have, for who has to ask others for it. Each function is called on the thread of
/// the shard of `at`, and not at a hub's end.
class room_watcher {
public:
    virtual ~room_watcher() = default;

    /// A namespace exists on that shard from now on; it does no longer.
    virtual void nsp_opened(hub& at, std::string_view nsp) = 0;
    virtual void nsp_closed(hub& at, std::string_view nsp) = 0;
    /// A room has its first member on that shard; its last one has left. The ids that the hubs make are rooms that are
    /// not told of, as they all begin with the node_tag; a socket that has another id is a member of a room of that
    /// name.
    virtual void room_opened(hub& at, std::string_view nsp, std::string_view room) = 0;
    virtual void room_closed(hub& at, std::string_view nsp, std::string_view room) = 0;
};

/// Joins the hubs of all shards and, in a cluster, of all nodes: the reference's adapter. Every function is called on
/// the thread of the shard of `from`, and each handler is called exactly once, on that thread, perhaps before the
/// function returns. The adapter calls a hub (hub::deliver and the functions beside it) on that hub's thread only.
class adapter {
public:
    using work = std::move_only_function<void()>;

    virtual ~adapter() = default;

    /// In the order of the shards, before any of them runs and before it has a namespace.
    virtual void add(hub& next) = 0;
    /// The same for the life of the adapter.
    [[nodiscard]] virtual node_tag const& tag() const noexcept = 0;
    /// nullptr: nobody wants to be told. The same for the life of the adapter.
    [[nodiscard]] virtual room_watcher* watcher() noexcept = 0;
    /// Runs `then` when the sockets of `from` get what any node sends to the rooms that they have joined by now; at
    /// once when that is so already, or when nobody can tell, the cluster being out of reach.
    virtual void when_joined(hub& from, work then) = 0;

    /// To the hub of `from` before this returns, so that what one shard sends to its own sockets keeps its order.
    virtual void send(hub& from, broadcast_ptr what, reach how_far) = 0;
    /// REQUIRES: what->ack_id. `timeout` is positive.
    virtual void ask(hub& from, broadcast_ptr what, std::chrono::milliseconds timeout, reach how_far,
                     broadcast_ack_handler then) = 0;
    virtual void change(hub& from, audience_change what, reach how_far) = 0;
    virtual void fetch_sockets(hub& from, std::string nsp, audience of, reach how_far, fetch_handler then) = 0;
    /// To the other nodes of the cluster, never to this one. `then` may be empty: no answers are wanted.
    virtual void server_side_emit(hub& from, std::string nsp, std::string name, std::string args,
                                  server_answers_handler then) = 0;

    /// An acknowledgement id for a broadcast: one that no hub gives to its direct events (hub::first_broadcast_ack_id).
    [[nodiscard]] virtual std::uint64_t next_ack_id(hub& from) = 0;

    /// The cluster keeps the log of events and the lost sessions, so that any node may recover any session: events come
    /// with their broadcast::offset already in what is encoded, and hubs keep nothing. The same for the adapter's life.
    [[nodiscard]] virtual bool keeps_sessions() const noexcept = 0;
    /// A socket of this hub was lost, or a session that was taken is not continued: recover() may find it from now on.
    virtual void keep_session(hub& on, lost_session session) = 0;
    /// A new session that may be recovered exists from now on; one of this hub does no longer. `pid` is secret.
    virtual void session_opened(hub& on, std::string const& pid) = 0;
    virtual void session_forgotten(hub& on, std::string const& pid) = 0;
    /// Takes the session out of wherever it is to the hub `to`, one claim after the other, ending its socket if that
    /// still lives: no pid ever serves two sockets. All broadcasts that `to` delivered before this call have reached
    /// the session's hub before it is taken there.
    virtual void recover(hub& to, recovery_claim claim, recovery_handler then) = 0;
};

} // namespace ringback::socketio
