#pragma once

#include "engineio/errors.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace ringback::engineio {

/// The types of Engine.IO v4; the value is the digit on the wire.
enum class packet_type : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

enum class packet_content : std::uint8_t { text, binary };

/// One received packet. `data` is a view into the bytes it was decoded from and lives as long as they do. Text is not
/// checked for UTF-8: the WebSocket layer does that, and the Socket.IO codec for polling.
struct packet_view {
    packet_type type = packet_type::noop;
    packet_content content = packet_content::text; ///< binary only with type message
    std::string_view data;

    friend bool operator==(packet_view const&, packet_view const&) = default;
};

[[nodiscard]] constexpr char digit_of(packet_type type) noexcept {
    return static_cast<char>('0' + static_cast<int>(type));
}

/// A packet in text form: type digit, then data. Allocates nothing.
[[nodiscard]] std::expected<packet_view, errc> decode_packet(std::string_view text) noexcept;

/// The same, and also `b` + base64, the binary message of a channel that carries text only (polling, or a WebSocket
/// opened with `b64`); line breaks in it are skipped. Such data is decoded into `buffer`, whose former content is lost
/// and whose capacity is reused; the view then lives until `buffer` changes.
[[nodiscard]] std::expected<packet_view, errc> decode_packet(std::string_view text, std::string& buffer);

/// A binary WebSocket message: its bytes are the message, without a type byte.
[[nodiscard]] constexpr packet_view binary_message(std::string_view bytes) noexcept {
    return {packet_type::message, packet_content::binary, bytes};
}

/// Engine.IO v3: the text form, or `b` + type digit + base64, decoded into `buffer` as above. Binary content exists for
/// messages alone.
[[nodiscard]] std::expected<packet_view, errc> decode_packet_v3(std::string_view text, std::string& buffer);

/// Engine.IO v3: binary content behind a byte that holds the type, as a binary WebSocket message or in a binary
/// payload.
[[nodiscard]] std::expected<packet_view, errc> decode_binary_packet_v3(std::string_view bytes) noexcept;

/// The byte before every binary message of Engine.IO v3: the type `message`, not its digit.
inline constexpr char binary_marker_v3 = '\x04';

/// Appends the text form, as one WebSocket text message carries it.
void append_packet(std::string& out, packet_type type, std::string_view data = {});

/// Appends the text form of a binary message: `b` + base64.
void append_base64_packet(std::string& out, std::string_view bytes);
/// The same in Engine.IO v3: `b4` + base64.
void append_base64_packet_v3(std::string& out, std::string_view bytes);

} // namespace ringback::engineio
