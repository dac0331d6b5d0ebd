#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ringback::websocket {

/// RFC 6455 section 5.2.
enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

[[nodiscard]] constexpr bool is_control(opcode op) noexcept { return (static_cast<std::uint8_t>(op) & 8) != 0; }

/// RFC 6455 section 7.4.1 and the later entries of its IANA registry. Any other value between 3000 and 4999 is a code
/// of a library or an application and is carried in this type too.
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_type = 1003,
    no_status = 1005, ///< stands for a close frame without a body; never on the wire
    abnormal = 1006,  ///< stands for a connection that ended without a close frame; never on the wire
    invalid_payload = 1007,
    policy_violation = 1008,
    message_too_big = 1009,
    missing_extension = 1010,
    internal_error = 1011,
    service_restart = 1012,
    try_again_later = 1013,
    bad_gateway = 1014,
};

/// Whether a close frame may carry `code`: the assigned codes and 3000 to 4999 (section 7.4.2).
[[nodiscard]] constexpr bool is_legal_on_wire(std::uint16_t code) noexcept {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
[[nodiscard]] constexpr bool is_legal_on_wire(close_code code) noexcept {
    return is_legal_on_wire(static_cast<std::uint16_t>(code));
}

/// The FIN bit: whether a frame is the last one of its message.
enum class fin : bool { no, yes };

inline constexpr std::size_t max_server_header_bytes = 10;
inline constexpr std::size_t max_control_payload_bytes = 125;

/// Length of the header in front of an unmasked payload: 2, 4 or 10 bytes.
[[nodiscard]] constexpr std::size_t header_size(std::uint64_t payload_bytes) noexcept {
    return payload_bytes < 126 ? 2 : payload_bytes < 65536 ? 4 : max_server_header_bytes;
}

/// One encoded server header: unmasked, with the shortest form of the length.
struct server_header {
    std::array<char, max_server_header_bytes> bytes{};
    std::uint8_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};
[[nodiscard]] server_header encode_header(opcode op, fin last, std::uint64_t payload_bytes) noexcept;

void append_header(std::string& out, opcode op, fin last, std::uint64_t payload_bytes);

/// Body of a close frame: the code and as much of `reason` (UTF-8) as whole code points fit into 123 bytes; empty for
/// no_status, then without a reason. REQUIRES: `code` is no_status or legal on the wire.
[[nodiscard]] std::string close_payload(close_code code, std::string_view reason = {});

/// A whole close frame around close_payload().
[[nodiscard]] std::string encode_close(close_code code, std::string_view reason = {});

/// A whole pong frame. REQUIRES: at most 125 bytes, as every ping that the decoder lets through has.
[[nodiscard]] std::string encode_pong(std::string_view payload);

} // namespace ringback::websocket
