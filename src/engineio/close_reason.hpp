#pragma once

#include <cstdint>
#include <string_view>

namespace ringback::engineio {

/// Why a session ended. Texts are the reference server's, which applications compare.
enum class close_reason : std::uint8_t {
    transport_error,      ///< a broken connection, an aborted or overlapping request, a ping from a v4 client
    transport_close,      ///< the WebSocket was closed by the peer, or its TCP connection by whoever
    peer_closed,          ///< the peer sent a close packet: it means to leave; reads "transport close" too
    ping_timeout,         ///< no pong in time
    parse_error,          ///< a packet that cannot be decoded
    forced_close,         ///< the layer above gave the session up: a bad Socket.IO packet, no namespace joined in time
    forced_server_close,  ///< the application closed the connection
    server_shutting_down, ///< the whole server stops
};

/// Static storage.
[[nodiscard]] std::string_view to_string(close_reason reason) noexcept;

/// The body with which a parked GET is answered when its session ends at once: noop after the peer's own close packet,
/// close in every other case. Not for a GET whose own abort was the reason. Static storage.
[[nodiscard]] std::string_view parked_poll_body(close_reason reason) noexcept;

} // namespace ringback::engineio
