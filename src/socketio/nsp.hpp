#pragma once

#include "base/clock.hpp"
#include "socketio/admission.hpp"
#include "socketio/disconnect_reason.hpp"
#include "socketio/event.hpp"
#include "socketio/rooms.hpp"
#include "websocket/shared_frame.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

class client;
class hub;
class socket;

/// One namespace on one shard ("namespace" is a word of C++, so it is `nsp` as in the protocol): its handlers, its
/// sockets and its rooms. Handlers are set before the first client comes and run on the shard's thread; an exception
/// that leaves one closes the client it ran for.
class nsp {
public:
    using middleware = std::function<void(socket&, admission)>;
    using socket_handler = std::function<void(socket&)>;
    using disconnect_handler = std::function<void(socket&, disconnect_reason, moment lost_at)>;
    using event_handler = std::function<void(socket&, event const&)>;

    nsp(hub& owner, std::string name);
    nsp(nsp const&) = delete;
    nsp& operator=(nsp const&) = delete;

    [[nodiscard]] std::string const& name() const noexcept { return name_; }

    /// Runs for each CONNECT, in the order of the calls, before the client is admitted; it decides by its admission,
    /// now or later.
    nsp& use(middleware check);
    /// Runs when a client was admitted and its CONNECT is answered.
    nsp& on_connection(socket_handler handler);
    /// Runs when a connected socket has ended, its rooms still joined. `lost_at`: when its transport closed, or after a
    /// ping timeout when its last packet came.
    nsp& on_disconnect(disconnect_handler handler);
    nsp& on(std::string event, event_handler handler);
    /// Runs for events that have no handler of their own.
    nsp& on_any(event_handler handler);

    /// Sends an event to an audience on all shards.
    void broadcast(audience const& to, std::string_view event, std::string_view args);

    /// The connected sockets of this shard, in no order.
    [[nodiscard]] std::vector<socket*> const& sockets() const noexcept { return sockets_; }
    [[nodiscard]] room_table const& rooms() const noexcept { return rooms_; }

private:
    friend class client;
    friend class hub;
    friend class socket;

    void deliver(audience const& to, websocket::frame_ptr const& message);
    void add(socket& s);
    void remove(socket& s);

    hub& hub_;
    std::string const name_;
    std::vector<middleware> middlewares_;
    socket_handler on_connection_;
    disconnect_handler on_disconnect_;
    event_handler on_any_;
    std::unordered_map<std::string, event_handler, text_hash, std::equal_to<>> handlers_;
    std::vector<socket*> sockets_;
    room_table rooms_;
    std::uint64_t next_ack_id_ = 0; ///< shared by the namespace's sockets, as in the reference
};

} // namespace ringback::socketio
