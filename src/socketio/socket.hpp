#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engineio/connection.hpp"
#include "socketio/ack.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/disconnect_reason.hpp"
#include "socketio/listeners.hpp"
#include "socketio/recovery.hpp"
#include "socketio/rooms.hpp"
#include "socketio/socket_handle.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

class client;
class hub;
class nsp;

/// What an application keeps per socket: derive from it and hand it to socket::keep().
struct socket_state {
    virtual ~socket_state() = default;
};

/// One client in one namespace (Socket.IO protocol v5, "Exchange protocol"). It belongs to its shard and may be used on
/// that shard's thread only, until the namespace's on_disconnect has returned for it; elsewhere keep its ref(). Calls
/// on one that has ended do nothing. Text is UTF-8, and JSON that is passed in must be valid: it goes out unchecked.
class socket {
public:
    socket(hub& owner, client& from, nsp& in);
    socket(socket const&) = delete;
    socket& operator=(socket const&) = delete;
    ~socket();

    /// The public id, different in each namespace: 20 characters, but for Socket.IO 2.x clients, which compute it.
    [[nodiscard]] std::string_view id() const noexcept;
    /// A name for this socket that may be kept and sent anywhere.
    [[nodiscard]] socket_ref ref() const noexcept { return ref_; }
    [[nodiscard]] socket_handle handle() const noexcept { return {hub_, ref_}; }
    [[nodiscard]] nsp& of() const noexcept { return nsp_; }
    /// The HTTP request that opened its session: `handshake` in Node.js. Lives as long as the socket.
    [[nodiscard]] engineio::opening_request const& request() const;
    /// The client's CONNECT payload, raw JSON, `{}` if it sent none. Valid until the connection handler has returned.
    [[nodiscard]] std::string_view auth() const noexcept { return auth_; }
    [[nodiscard]] bool is_connected() const noexcept { return phase_ == phase::connected; }

    /// Sends an event; `args` and `binary` are packet_content. What is sent before the connection is acknowledged or
    /// after it ended is dropped. Throws std::length_error above decode_limits::max_attachments, which clients refuse.
    void emit(std::string_view event, std::string_view args = {}, std::span<std::string const> binary = {},
              emit_flags flags = {});
    /// Sends an event that the client is to acknowledge. `on_ack` runs exactly once on this shard: with what
    /// the client answered, or with why there is nothing. A zero timeout means hub_config::ack_timeout.
    void emit_with_ack(std::string_view event, std::string_view args, ack_handler on_ack,
                       std::chrono::milliseconds timeout = {}, std::span<std::string const> binary = {});
    /// Answers the event whose ack_id it is. nullopt, of an event that wants no answer, does nothing.
    void acknowledge(std::optional<std::uint64_t> ack_id, std::string_view args = {},
                     std::span<std::string const> binary = {});

    /// To the members of a room, to all but those of a room, to all others in the namespace: never to this socket.
    [[nodiscard]] broadcast_operator to(std::string_view room) const;
    [[nodiscard]] broadcast_operator except(std::string_view room) const;
    [[nodiscard]] broadcast_operator others() const;

    /// Handlers of this socket alone; those of the namespace (nsp::on), which cost nothing per socket, run after them.
    socket& on(std::string event, event_handler handler);
    socket& once(std::string event, event_handler handler);
    socket& off(std::string_view event);
    /// For every event that comes, before the handlers of its own.
    socket& on_any(event_handler handler);
    socket& off_any();
    /// For every event that emit() and broadcasts send to it. The event's ack_id is that of the client's answer. The
    /// handler may not join, leave or disconnect anybody: a broadcast may be under way.
    socket& on_any_outgoing(event_handler handler);
    /// Sees each event before any handler, in the order of the calls; false drops it, unanswered.
    using event_filter = std::function<bool(socket&, event const&)>;
    socket& use(event_filter filter);

    /// From now on it gets what is sent to the room, on this shard at once. False when it is a member already, or has
    /// ended; leave(): when it is none. Ending leaves all rooms. Its own room, the id, can be neither joined nor left.
    bool join(std::string_view room);
    bool leave(std::string_view room);
    /// Its own, the id, first.
    [[nodiscard]] std::vector<std::string> rooms() const;

    /// Sends DISCONNECT for this namespace: official clients do not come back by themselves. With `close_connection`
    /// every other namespace of the client is left too, and the transport is closed.
    enum class scope { this_namespace, whole_connection };
    void disconnect(scope what = scope::this_namespace);
    /// Closes the transport without DISCONNECT: official clients reconnect.
    void drop(engineio::close_reason why);

    /// Bytes that wait to be sent to this client, over all its namespaces: what a slow reader costs. The limit is
    /// engine_config::max_outbox_bytes.
    [[nodiscard]] std::size_t buffered_bytes() const;

    /// Raw JSON that goes with the socket: into fetch_sockets() and through recovery. `{}` at first. Valid until
    /// set_data().
    [[nodiscard]] std::string_view data() const noexcept;
    void set_data(std::string json);
    /// It continues a lost one: same id, rooms and data, missed events already sent. Its state() is new.
    [[nodiscard]] bool is_recovered() const noexcept;
    [[nodiscard]] socket_description describe() const;

    /// The application's own state, of this shard alone; destroyed with the socket, after on_disconnect. REQUIRES of
    /// state(): that a State was kept.
    void keep(std::unique_ptr<socket_state> state) { state_ = std::move(state); }
    template <class State>
    [[nodiscard]] State& state() const {
        return static_cast<State&>(*state_);
    }
    [[nodiscard]] bool has_state() const noexcept { return state_ != nullptr; }

private:
    friend class admission;
    friend class client;
    friend class hub;
    friend class nsp;
    friend class room_table;

    enum class phase : std::uint8_t { admitting, connected, closed };

    /// What few sockets have.
    struct extras {
        std::string other_id; ///< instead of id_: of a recovered socket, and of a Socket.IO 2.x client
        std::string data;
        std::string pid; ///< secret; only with recovery
        recovery_mark mark;
        std::optional<recovery_claim> claim; ///< what it presented, until that is decided
        bool recovered = false;
        listener_table listeners;
        listener_table outgoing;
        std::vector<event_filter> filters;
    };
    [[nodiscard]] extras& more();

    void send(encoded_packet const& packet);
    void deliver(broadcast const& what, encoded_packet const& encoded);
    void tell_outgoing(std::string_view event, packet_content const& what, std::optional<std::uint64_t> ack_id);
    void await_ack(std::uint64_t id, ack_handler on_ack, std::chrono::milliseconds timeout);
    void receive(event const& e);
    void take_id(std::string other);
    [[nodiscard]] engineio::connection& connection() const;

    // given
    hub& hub_;
    client& client_;
    nsp& nsp_;
    // owned
    std::vector<membership> memberships_;
    std::unique_ptr<socket_state> state_;
    std::unique_ptr<pending_acks> acks_; ///< only once acknowledgements were awaited
    std::unique_ptr<extras> extras_;
    // state
    std::string auth_;
    socket_ref ref_;
    std::array<char, 20> id_;
    phase phase_ = phase::admitting;
    std::uint32_t at_in_nsp_ = 0;
    std::uint64_t last_broadcast_ = 0; ///< so that one broadcast reaches it once
};

} // namespace ringback::socketio
