#pragma once

#include "websocket/frame.hpp"

#include <cstdint>
#include <string_view>

namespace ringback::websocket {

/// What a client did against RFC 6455 or our limits. Each of them ends the connection.
enum class errc : std::uint8_t {
    none,
    reserved_bits,           ///< an RSV bit that no extension gave a meaning (5.2)
    reserved_opcode,         ///< 3 to 7 or 11 to 15 (5.2)
    unmasked_frame,          ///< (5.1)
    bad_length,              ///< not the shortest form, or the top bit of 64 is set (5.2)
    fragmented_control,      ///< (5.5)
    oversized_control,       ///< more than 125 bytes (5.5)
    unexpected_continuation, ///< no message to continue (5.4)
    unfinished_message,      ///< a text or binary frame before the last fragment of the message begun (5.4)
    bad_close_payload,       ///< one byte, or a code that must not be sent (5.5.1, 7.4)
    invalid_utf8,            ///< in a text message (8.1) or a close reason (5.5.1)
    message_too_big,         ///< over decoder_config::max_message_bytes, before or after its decompression
    invalid_deflate,         ///< a compressed message that is no whole DEFLATE (RFC 7692 section 7.2.2)
};

/// The code to close with.
[[nodiscard]] close_code close_code_of(errc error) noexcept;

/// For logs and as the reason of the close frame; lives forever.
[[nodiscard]] std::string_view describe(errc error) noexcept;

} // namespace ringback::websocket
