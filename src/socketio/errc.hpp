#pragma once

#include <string_view>

namespace ringback::socketio {

/// Why the packet layer refused what a client sent. A decode failure ends the client's whole Engine.IO connection
/// (socketio.md A8); none of them changes any state.
enum class errc {
    empty_packet = 1,     ///< a message without a single character
    unknown_type,         ///< the first character is no digit from 0 to 6
    not_for_clients,      ///< a CONNECT_ERROR, which only a server may send
    bad_attachment_count, ///< not a decimal number in 1..limit followed by `-`
    bad_ack_id,           ///< more than 64 bits
    bad_json,             ///< not JSON (RFC 8259), or something follows it
    too_deep,             ///< JSON nested deeper than the limit
    bad_payload,          ///< JSON of a kind that the packet type does not carry, or none where it must be
    bad_event_name,       ///< neither a string nor a number, or one of the reserved names
    unexpected_text,      ///< text while the attachments of a binary packet are pending
    unexpected_binary,    ///< an attachment that no binary packet announced
    bad_placeholder,      ///< a placeholder that names no attachment of its packet
    too_large,            ///< a binary packet holds more bytes than the limit
    bad_msgpack,          ///< not MessagePack, a string that is not UTF-8, or something follows it
};

/// The enumerator's own name: for logs, metrics and tests.
[[nodiscard]] std::string_view to_string(errc code) noexcept;

} // namespace ringback::socketio
