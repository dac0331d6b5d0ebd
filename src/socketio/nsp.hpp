#pragma once

#include "base/clock.hpp"
#include "socketio/adapter.hpp"
#include "socketio/admission.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/disconnect_reason.hpp"
#include "socketio/event.hpp"
#include "socketio/listeners.hpp"
#include "socketio/rooms.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

class client;
class hub;
class socket;

/// One namespace on one shard ("namespace" is a word of C++, so it is `nsp` as in the protocol, whose v5 calls for it
/// in "Connection to a namespace"): its handlers, its sockets and its rooms. Handlers are set before the first client
/// comes and run on the shard's thread; any may be a coroutine (task.hpp). An exception that leaves one closes the
/// client it ran for. Lives as long as its hub; one that a client made by asking (hub::of with a matcher) until its
/// last socket has left, unless hub_config::keep_empty_namespaces.
class nsp {
public:
    using middleware = std::function<void(socket&, admission)>;
    using socket_handler = std::function<void(socket&)>;
    using disconnect_handler = std::function<void(socket&, disconnect_reason, moment lost_at)>;
    /// `args` is raw JSON; `reply` answers the node that asked, and does nothing when it did not.
    using server_reply = std::move_only_function<void(std::string args)>;
    using server_event_handler = std::function<void(std::string_view args, server_reply reply)>;

    nsp(hub& owner, std::string name);
    nsp(nsp const&) = delete;
    nsp& operator=(nsp const&) = delete;

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] hub& owner() const noexcept { return hub_; }

    /// Runs for each CONNECT, in the order of the calls, before the client is admitted; it decides by its admission,
    /// now or later.
    nsp& use(middleware check);
    /// Whether a client that has passed the middlewares may continue the lost session with this data (socket::data()).
    /// One that may not starts anew, and the session waits on for whose it is. Without a check all may: the session's
    /// secret pid speaks for them.
    using recovery_check = std::function<bool(socket&, std::string_view data)>;
    nsp& may_recover(recovery_check check);
    /// Runs when a client was admitted and its CONNECT is answered. There is one: a second call replaces it. So it is
    /// with on_disconnect() and on_unhandled().
    nsp& on_connection(socket_handler handler);
    /// Runs when a connected socket has ended, its rooms still joined. `lost_at`: when its transport closed, or after a
    /// ping timeout when its last packet came.
    nsp& on_disconnect(disconnect_handler handler);
    /// For an event of every socket in the namespace; several for one event run in the order of the calls.
    nsp& on(std::string event, event_handler handler);
    /// Runs for every event, before its own handlers.
    nsp& on_any(event_handler handler);
    /// Runs for events that have no handler of their own, neither here nor on their socket.
    nsp& on_unhandled(event_handler handler);
    /// Runs for server_side_emit() of another node. Set it on one shard only, or it runs on each.
    nsp& on_server_side(std::string event, server_event_handler handler);

    [[nodiscard]] broadcast_operator to(std::string_view room) { return broadcast_operator{*this}.to(room); }
    [[nodiscard]] broadcast_operator in(std::string_view room) { return to(room); }
    [[nodiscard]] broadcast_operator except(std::string_view room) { return broadcast_operator{*this}.except(room); }
    /// The whole namespace, on all shards and nodes.
    [[nodiscard]] broadcast_operator all() { return broadcast_operator{*this}; }
    void emit(std::string_view event, std::string_view args = {}, std::span<std::string const> attachments = {}) {
        all().emit(event, args, attachments);
    }
    /// To the handlers (on_server_side) of the other nodes. `then` may be empty.
    void server_side_emit(std::string event, std::string args, server_answers_handler then = {});

    /// Runs `then` when what the other nodes send to the rooms that sockets of this shard have joined reaches them:
    /// join() is at once for this process, while a cluster has to hear of it.
    void when_joined(std::move_only_function<void()> then);

    /// The connected sockets of this shard, in no order.
    [[nodiscard]] std::vector<socket*> const& sockets() const noexcept { return sockets_; }
    [[nodiscard]] room_table const& rooms() const noexcept { return rooms_; }

private:
    friend class client;
    friend class hub;
    friend class socket;

    template <class Visit>
    void visit(audience const& of, Visit&& each);
    void add(socket& s);
    void remove(socket& s);
    void inherit(nsp const& parent);

    // given
    hub& hub_;
    std::string const name_;
    // owned
    std::vector<middleware> middlewares_;
    recovery_check may_recover_;
    socket_handler on_connection_;
    disconnect_handler on_disconnect_;
    listener_table listeners_;
    event_handler on_unhandled_;
    std::unordered_map<std::string, server_event_handler, text_hash, std::equal_to<>> server_handlers_;
    room_table rooms_;
    // state
    std::vector<socket*> sockets_;
    std::uint64_t next_ack_id_ = 0; ///< shared by the namespace's sockets, as in the reference
    std::uint32_t clients_ = 0;     ///< sockets_ and those that are being admitted
    bool is_dynamic_ = false;
};

} // namespace ringback::socketio
