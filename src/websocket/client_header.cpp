#include "websocket/client_header.hpp"

#include "websocket/big_endian.hpp"

#include <cstring>

namespace ringback::websocket {
namespace {

bool is_known(opcode op) noexcept {
    auto number = static_cast<std::uint8_t>(op);
    return number <= 2 || (number >= 8 && number <= 10);
}

/// The rules about FIN, RSV and opcode.
errc check_first_byte(client_header const& header, std::uint8_t byte, header_context const& context) noexcept {
    int legal_bits = context.allow_rsv1 && header.begins_message() ? 0x40 : 0;
    if (byte & 0x70 & ~legal_bits) return errc::reserved_bits;
    if (!is_known(header.op)) return errc::reserved_opcode;
    if (is_control(header.op)) return header.last ? errc::none : errc::fragmented_control;
    if (header.begins_message()) return context.in_message ? errc::unfinished_message : errc::none;
    return context.in_message ? errc::none : errc::unexpected_continuation;
}

} // namespace

std::expected<client_header, errc> parse_client_header(std::span<char const> bytes,
                                                       header_context const& context) noexcept {
    client_header header{.size = 2};
    if (bytes.empty()) return header;
    auto first = static_cast<std::uint8_t>(bytes[0]);
    header.op = static_cast<opcode>(first & 0x0f);
    header.last = first & 0x80;
    header.rsv1 = first & 0x40;
    if (auto wrong = check_first_byte(header, first, context); wrong != errc::none) return std::unexpected{wrong};

    if (bytes.size() < 2) return header;
    auto second = static_cast<std::uint8_t>(bytes[1]);
    auto length7 = static_cast<std::uint8_t>(second & 0x7f);
    if (!(second & 0x80)) return std::unexpected{errc::unmasked_frame};
    if (is_control(header.op) && length7 > max_control_payload_bytes) return std::unexpected{errc::oversized_control};
    if (header.op == opcode::close && length7 == 1) return std::unexpected{errc::bad_close_payload};

    std::size_t extended = length7 == 127 ? 8 : length7 == 126 ? 2 : 0;
    std::size_t key_at = 2 + extended;
    header.size = key_at + sizeof header.key;
    if (bytes.size() < key_at) return header;
    header.payload_bytes = length7;
    if (extended > 0) {
        header.payload_bytes = big_endian(bytes.subspan(2, extended));
        std::uint64_t shortest = extended == 2 ? 126 : 65536;
        if (header.payload_bytes < shortest || header.payload_bytes >> 63) return std::unexpected{errc::bad_length};
    }
    if (!is_control(header.op) && header.payload_bytes > context.room_bytes)
        return std::unexpected{errc::message_too_big};
    if (bytes.size() >= header.size) std::memcpy(header.key.data(), bytes.data() + key_at, sizeof header.key);
    return header;
}

} // namespace ringback::websocket
