#pragma once

#include "base/clock.hpp"
#include "engineio/session_machine.hpp"
#include "engineio/transport.hpp"
#include "websocket/shared_frame.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace ringback::engineio {

/// What is kept of the HTTP request that opened a session: what authentication and `handshake` need, not the request.
struct opening_request {
    std::string address; ///< the peer's address as text: of the TCP connection, or as a trusted proxy told it
    std::string query;   ///< raw query string, without `?`
    std::string headers; ///< `name: value` lines ending in CRLF, as received
    wall_time at{};
    bool secure = false;                                ///< came over TLS
    protocol_revision revision = protocol_revision::v4; ///< in which the session speaks from its begin to its end

    /// The first value of a header, by case-insensitive name; empty when absent. Valid as long as this object.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// One Engine.IO session as the protocol above it sees it; the I/O layer implements it. It lives on one shard and is
/// used on that shard's thread only.
class connection {
public:
    /// Queues one message. Everything queued in one turn of the loop leaves together. A session whose outbox is full is
    /// closed, and what is sent to a closing session is dropped. A frame whose payload_is() unwanted stays as it is
    /// where others are compressed; an answer to a poll is compressed when one of its messages may be.
    virtual void send(websocket::frame_ptr message) = 0;
    /// Starts a graceful close; the upper layer is told by its own on_closed, never from inside this call.
    virtual void close(close_reason why) = 0;
    /// Nothing is queued or in flight, and a poll is parked if the session polls: a volatile message may be sent.
    [[nodiscard]] virtual bool is_idle() const = 0;
    /// Bytes waiting to be sent.
    [[nodiscard]] virtual std::size_t buffered_bytes() const = 0;
    [[nodiscard]] virtual opening_request const& request() const = 0;
    /// The request that carries the message which is being delivered, when that is a POST; nullptr on WebSocket and
    /// outside of session_handler::on_text() and on_binary(). Valid during that call.
    [[nodiscard]] virtual opening_request const* carrier() const { return nullptr; }
    /// The session id, 20 characters. Secret, but for the clients of Engine.IO v3, which use it as their public one.
    [[nodiscard]] virtual std::string_view sid() const = 0;

protected:
    ~connection() = default;
};

/// The protocol above one session: gets its messages and its end. The session owns it and calls it on its shard.
class session_handler {
public:
    virtual ~session_handler() = default;
    /// Whole messages, without type digit; views are valid during the call.
    virtual void on_text(std::string_view message) = 0;
    virtual void on_binary(std::string_view message) = 0;
    /// Nothing follows. `lost_at`: when the transport closed, or after a ping timeout when the last packet came.
    virtual void on_closed(close_reason why, moment lost_at) = 0;
    /// A deadline of its own; it may move later, never earlier. mono_time::max(): none.
    [[nodiscard]] virtual mono_time deadline() const = 0;
    virtual void on_deadline(mono_time now) = 0;
};

} // namespace ringback::engineio
