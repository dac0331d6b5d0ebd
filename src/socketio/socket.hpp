#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "engineio/connection.hpp"
#include "socketio/ack.hpp"
#include "socketio/disconnect_reason.hpp"
#include "socketio/rooms.hpp"

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

/// One client in one namespace (Socket.IO protocol: "socket"). It belongs to its shard and may be used on that shard's
/// thread only, until the namespace's on_disconnect has returned for it; elsewhere keep its ref().
class socket {
public:
    socket(hub& owner, client& from, nsp& in);
    socket(socket const&) = delete;
    socket& operator=(socket const&) = delete;
    ~socket();

    /// The public id, 20 characters, different in each namespace.
    [[nodiscard]] std::string_view id() const noexcept { return {id_.data(), id_.size()}; }
    /// A name for this socket that may be kept and sent anywhere.
    [[nodiscard]] socket_ref ref() const noexcept { return ref_; }
    [[nodiscard]] nsp& of() const noexcept { return nsp_; }
    [[nodiscard]] engineio::opening_request const& request() const;
    /// The client's CONNECT payload, raw JSON, `{}` if it sent none. Valid until the connection handler has returned.
    [[nodiscard]] std::string_view auth() const noexcept { return auth_; }
    [[nodiscard]] bool is_connected() const noexcept { return phase_ == phase::connected; }

    /// Binary values: where they stand in the arguments is `{"_placeholder":true,"num":i}`.
    using attachments = std::span<std::string const>;

    /// Sends an event; `args` is raw JSON, separated by commas. What is sent before the connection is acknowledged or
    /// after it ended is dropped.
    void emit(std::string_view event, std::string_view args = {}, attachments binary = {});
    /// Sends an already encoded packet of this namespace (frames.hpp), shared with other receivers.
    void send(websocket::frame_ptr packet);
    /// Sends an event that the client is to acknowledge. `on_ack` runs exactly once on this shard: with the raw
    /// arguments of the answer, or with why there is none. A zero timeout means hub_config::ack_timeout.
    void emit_with_ack(std::string_view event, std::string_view args, ack_handler on_ack,
                       std::chrono::milliseconds timeout = {});
    /// Answers an event that asked for it (event::ack_id).
    void acknowledge(std::uint64_t ack_id, std::string_view args, attachments binary = {});

    bool join(std::string_view room);
    bool leave(std::string_view room);

    /// Sends DISCONNECT for this namespace: official clients do not come back by themselves. With `close_connection`
    /// every other namespace of the client is left too, and the transport is closed.
    enum class scope { this_namespace, whole_connection };
    void disconnect(scope what = scope::this_namespace);
    /// Closes the transport without DISCONNECT: official clients reconnect.
    void drop(engineio::close_reason why);

    /// The application's own state.
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

    void send(websocket::frame_ptr packet, attachments behind);

    // given
    hub& hub_;
    client& client_;
    nsp& nsp_;
    // owned
    std::vector<membership> memberships_;
    std::unique_ptr<socket_state> state_;
    std::unique_ptr<pending_acks> acks_; ///< only while acknowledgements are awaited
    // state
    std::string auth_;
    socket_ref ref_;
    std::array<char, 20> id_;
    phase phase_ = phase::admitting;
    std::uint32_t at_in_nsp_ = 0;
    std::uint64_t last_broadcast_ = 0; ///< so that one broadcast reaches it once
};

} // namespace ringback::socketio
