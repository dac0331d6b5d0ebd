#pragma once

#include "socketio/packet_content.hpp"
#include "websocket/shared_frame.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

/// One packet ready for every transport: a frame and, for a binary packet of the default parser, the frames of its
/// attachments behind it. Immutable and shared by all receivers.
struct encoded_packet {
    websocket::frame_ptr head;
    std::vector<websocket::frame_ptr> attachments{};
};

/// Turns packets into bytes (Socket.IO protocol v5, "Packet encoding"): the sending half of a parser. Stateless, so
/// that any thread may use it and one encoded packet serves every socket that speaks the same dialect.
class encoder {
public:
    virtual ~encoder() = default;
    /// With an `ack_id` the client is asked for an acknowledgement. `compression`: none, or unwanted.
    [[nodiscard]] virtual encoded_packet event(std::string_view nsp, std::string_view name, packet_content const& what,
                                               std::optional<std::uint64_t> ack_id,
                                               websocket::compression compression) const = 0;
    [[nodiscard]] virtual encoded_packet ack(std::string_view nsp, std::uint64_t ack_id,
                                             packet_content const& what) const = 0;
    /// `pid`: the private session id of connection state recovery, when that is on.
    [[nodiscard]] virtual encoded_packet connect(std::string_view nsp, std::string_view socket_id,
                                                 std::optional<std::string_view> pid) const = 0;
    /// `data`: raw JSON, or empty for none.
    [[nodiscard]] virtual encoded_packet connect_error(std::string_view nsp, std::string_view message,
                                                       std::string_view data) const = 0;
    [[nodiscard]] virtual encoded_packet disconnect(std::string_view nsp) const = 0;
};

/// The default parser of Socket.IO protocol v5: text packets, attachments as binary messages behind them. They live
/// for ever, as do the others.
[[nodiscard]] encoder const& text_encoder() noexcept;
/// The same for clients of protocol v4 and older (Socket.IO 2.x), which get a bare CONNECT and a bare error text.
[[nodiscard]] encoder const& legacy_text_encoder() noexcept;

/// Of `socket.io-msgpack-parser`: each packet is one binary message, attachments included.
[[nodiscard]] encoder const& msgpack_encoder() noexcept;

} // namespace ringback::socketio
