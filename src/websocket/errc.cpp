#include "websocket/errc.hpp"

namespace ringback::websocket {

close_code close_code_of(errc error) noexcept {
    switch (error) {
    case errc::none: return close_code::normal;
    case errc::invalid_utf8:
    case errc::invalid_deflate: return close_code::invalid_payload;
    case errc::message_too_big: return close_code::message_too_big;
    default: return close_code::protocol_error;
    }
}

std::string_view describe(errc error) noexcept {
    switch (error) {
    case errc::none: return "no error";
    case errc::reserved_bits: return "reserved bits set";
    case errc::reserved_opcode: return "reserved opcode";
    case errc::unmasked_frame: return "frame not masked";
    case errc::bad_length: return "bad length encoding";
    case errc::fragmented_control: return "fragmented control frame";
    case errc::oversized_control: return "control frame too long";
    case errc::unexpected_continuation: return "continuation without a message";
    case errc::unfinished_message: return "new message before the end of the last";
    case errc::bad_close_payload: return "bad close frame";
    case errc::invalid_utf8: return "invalid UTF-8";
    case errc::message_too_big: return "message too big";
    case errc::invalid_deflate: return "invalid compressed message";
    }
    return "unknown error";
}

} // namespace ringback::websocket
