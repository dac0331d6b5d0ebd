#include "websocket/frame.hpp"

#include <cassert>

namespace ringback::websocket {
namespace {

std::string encode_control(opcode op, std::string_view payload) {
    assert(payload.size() <= max_control_payload_bytes);
    std::string out;
    out.reserve(header_size(payload.size()) + payload.size());
    append_header(out, op, fin::yes, payload.size());
    out += payload;
    return out;
}

} // namespace

server_header encode_header(opcode op, fin last, std::uint64_t payload_bytes) noexcept {
    server_header header;
    header.size = static_cast<std::uint8_t>(header_size(payload_bytes));
    header.bytes[0] = static_cast<char>((last == fin::yes ? 0x80 : 0) | static_cast<int>(op));
    if (header.size == 2) {
        header.bytes[1] = static_cast<char>(payload_bytes);
        return header;
    }
    header.bytes[1] = header.size == 4 ? 126 : 127;
    for (std::size_t at = header.size; at-- > 2; payload_bytes >>= 8)
        header.bytes[at] = static_cast<char>(payload_bytes & 0xff);
    return header;
}

void append_header(std::string& out, opcode op, fin last, std::uint64_t payload_bytes) {
    out += encode_header(op, last, payload_bytes).view();
}

std::string close_payload(close_code code, std::string_view reason) {
    if (code == close_code::no_status) return {};
    assert(is_legal_on_wire(code));
    std::size_t fits = max_control_payload_bytes - 2;
    if (reason.size() > fits) {
        // A reason cut inside a code point would make the peer fail the connection with 1007.
        while (fits > 0 && (static_cast<unsigned char>(reason[fits]) & 0xc0) == 0x80)
            --fits;
        reason = reason.substr(0, fits);
    }
    auto number = static_cast<std::uint16_t>(code);
    std::string out;
    out.reserve(2 + reason.size());
    out += static_cast<char>(number >> 8);
    out += static_cast<char>(number & 0xff);
    out += reason;
    return out;
}

std::string encode_close(close_code code, std::string_view reason) {
    return encode_control(opcode::close, close_payload(code, reason));
}

std::string encode_pong(std::string_view payload) { return encode_control(opcode::pong, payload); }

} // namespace ringback::websocket
