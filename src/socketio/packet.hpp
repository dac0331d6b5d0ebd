#pragma once

#include "socketio/errc.hpp"
#include "socketio/json_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::socketio {

/// Socket.IO protocol v5, section "Packet types"; the values are the digits on the wire.
enum class packet_type : std::uint8_t {
    connect = 0,
    disconnect = 1,
    event = 2,
    ack = 3,
    connect_error = 4,
    binary_event = 5,
    binary_ack = 6,
};

[[nodiscard]] constexpr bool is_binary(packet_type type) noexcept {
    return type == packet_type::binary_event || type == packet_type::binary_ack;
}

/// What a client may send; a violation is a decode error.
struct decode_limits {
    std::uint32_t max_attachments = 10;         ///< per binary packet, as in the reference parser since March 2026
    std::size_t max_depth = default_json_depth; ///< of arrays and objects, the array of the arguments included
    std::size_t max_binary_bytes = 10'000'000;  ///< of one binary packet: its text and all its attachments
};

/// A decoded packet. All views point into the received text (but nsp, when the packet named none) and live as long as
/// that. JSON is validated, yet stays as it came: byte for byte.
struct packet_view {
    packet_type type = packet_type::connect;
    std::string_view nsp = "/"; ///< from its slash on; a query string in it is part of the name
    /// EVENT: the client wants an acknowledgement. ACK: the event that is acknowledged; an ACK without one answers
    /// nothing and is to be ignored. Meaningless in CONNECT and DISCONNECT.
    std::optional<std::uint64_t> ack_id;
    std::uint32_t attachments = 0; ///< how many binary messages follow: 0 unless the type is a binary one
    std::string_view payload;      ///< raw JSON without whitespace around it; empty when the packet has none
    std::string_view raw_name;     ///< events: the first item, a raw string or a raw number
    std::string_view args;         ///< raw items, without brackets: of an event those behind the name, of an ACK all

    friend bool operator==(packet_view const&, packet_view const&) = default;
};

/// Decodes what stands behind the `4` of an Engine.IO text message and checks it as far as a client's packet can be
/// checked by itself: placeholders of binary packets are left to the binary_assembler. Neither throws nor allocates,
/// unless an event's name holds an escape.
[[nodiscard]] std::expected<packet_view, errc> decode_packet(std::string_view text, decode_limits const& limits);

/// The name of an event as text: escapes decoded (into `scratch`, else untouched), a number as it was written. Lives as
/// long as the packet's text and `scratch`.
[[nodiscard]] std::string_view event_name(packet_view const& packet, std::string& scratch);

/// The names that Socket.IO gives to its own events; no client may send them.
[[nodiscard]] bool is_reserved_event(std::string_view name) noexcept;

namespace detail {
/// Holds what stands in `text` from `pos` on to the rules of `packet.type`, whichever parser it came with, and sets
/// payload, raw_name and args. `depth` is at most max_json_depth.
[[nodiscard]] std::expected<void, errc> read_payload(std::string_view text, std::size_t pos, std::size_t depth,
                                                     packet_view& packet);
} // namespace detail

} // namespace ringback::socketio
