#include "websocket/shared_frame.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ringback::websocket {
namespace {

constexpr int rsv1 = 0x40;

} // namespace

frame::frame(std::string bytes, std::size_t begin, compression payload_is) noexcept
    : bytes_{std::move(bytes)},
      begin_{static_cast<std::uint8_t>(begin)},
      payload_is_{payload_is} {
    assert(bytes_.size() >= begin + 2);
}

struct frame::deflated_form {
    std::uint8_t window_bits;
    frame_ptr form;
    deflated_form* next;
};

frame::~frame() {
    auto* form = deflated_.load(std::memory_order_acquire);
    while (form)
        delete std::exchange(form, form->next);
}

frame_ptr const* frame::find_deflated(std::uint8_t window_bits) const noexcept {
    for (auto* at = deflated_.load(std::memory_order_acquire); at; at = at->next)
        if (at->window_bits == window_bits) return &at->form;
    return nullptr;
}

frame_ptr const* frame::keep_deflated(std::uint8_t window_bits, frame_ptr form) const {
    auto* kept = new deflated_form{window_bits, std::move(form), deflated_.load(std::memory_order_relaxed)};
    while (!deflated_.compare_exchange_weak(kept->next, kept, std::memory_order_release, std::memory_order_relaxed)) {
    }
    return &kept->form;
}

std::string_view frame::payload() const noexcept {
    auto encoded = wire();
    std::size_t header = encoded[1] == 127 ? 10 : encoded[1] == 126 ? 4 : 2;
    return encoded.substr(header);
}

websocket::opcode frame::opcode() const noexcept {
    return static_cast<websocket::opcode>(static_cast<unsigned char>(bytes_[begin_]) & 15);
}

frame_ptr make_frame(opcode op, std::string_view payload, compression payload_is) {
    assert(!is_control(op) || payload.size() <= max_control_payload_bytes);
    std::string bytes;
    bytes.reserve(header_size(payload.size()) + payload.size());
    append_header(bytes, op, fin::yes, payload.size());
    if (payload_is == compression::deflated) bytes[0] = static_cast<char>(bytes[0] | rsv1);
    bytes += payload;
    return std::make_shared<frame const>(std::move(bytes), std::size_t{0}, payload_is);
}

frame_builder::frame_builder(std::size_t expected_payload_bytes) {
    bytes_.reserve(max_server_header_bytes + expected_payload_bytes);
    bytes_.resize(max_server_header_bytes);
}

std::string_view frame_builder::payload() const noexcept {
    return std::string_view{bytes_}.substr(max_server_header_bytes);
}

frame_ptr frame_builder::finish(opcode op, compression payload_is) && {
    assert(bytes_.size() >= max_server_header_bytes);
    std::size_t payload_bytes = bytes_.size() - max_server_header_bytes;
    assert(!is_control(op) || payload_bytes <= max_control_payload_bytes);
    auto header = encode_header(op, fin::yes, payload_bytes);
    if (payload_is == compression::deflated) header.bytes[0] = static_cast<char>(header.bytes[0] | rsv1);
    std::size_t begin = max_server_header_bytes - header.size;
    std::ranges::copy(header.view(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin));
    return std::make_shared<frame const>(std::move(bytes_), begin, payload_is);
}

} // namespace ringback::websocket
