#include "websocket/shared_frame.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ringback::websocket {

frame::frame(std::string bytes, std::size_t begin) noexcept : bytes_{std::move(bytes)}, begin_{begin} {
    assert(bytes_.size() >= begin_ + 2);
}

std::string_view frame::payload() const noexcept {
    auto encoded = wire();
    std::size_t header = encoded[1] == 127 ? 10 : encoded[1] == 126 ? 4 : 2;
    return encoded.substr(header);
}

websocket::opcode frame::opcode() const noexcept {
    return static_cast<websocket::opcode>(static_cast<unsigned char>(bytes_[begin_]) & 15);
}

frame_ptr make_frame(opcode op, std::string_view payload) {
    assert(!is_control(op) || payload.size() <= max_control_payload_bytes);
    std::string bytes;
    bytes.reserve(header_size(payload.size()) + payload.size());
    append_header(bytes, op, fin::yes, payload.size());
    bytes += payload;
    return std::make_shared<frame const>(std::move(bytes), std::size_t{0});
}

frame_builder::frame_builder(std::size_t expected_payload_bytes) {
    bytes_.reserve(max_server_header_bytes + expected_payload_bytes);
    bytes_.resize(max_server_header_bytes);
}

std::string_view frame_builder::payload() const noexcept {
    return std::string_view{bytes_}.substr(max_server_header_bytes);
}

frame_ptr frame_builder::finish(opcode op) && {
    assert(bytes_.size() >= max_server_header_bytes);
    std::size_t payload_bytes = bytes_.size() - max_server_header_bytes;
    assert(!is_control(op) || payload_bytes <= max_control_payload_bytes);
    auto header = encode_header(op, fin::yes, payload_bytes);
    std::size_t begin = max_server_header_bytes - header.size;
    std::ranges::copy(header.view(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin));
    return std::make_shared<frame const>(std::move(bytes_), begin);
}

} // namespace ringback::websocket
