#include "websocket/decoder.hpp"

#include "websocket/big_endian.hpp"

#include <algorithm>
#include <cstring>

namespace ringback::websocket {
namespace {

/// Enough for most messages to be held with one allocation, too little to be worth announcing and not sending.
constexpr std::uint64_t max_reserve_bytes = 4096;

} // namespace

event decoder::next(std::span<char>& in) {
    release_shown();
    auto found = in.empty() ? event{} : find_event(in);
    if (state_ == state::ended) in = in.last(0);
    return found;
}

event decoder::find_event(std::span<char>& in) {
    while (state_ != state::ended) {
        if (state_ == state::header) {
            auto whole = read_header(in);
            if (!whole) return fail(whole.error());
            if (!*whole) return {};
        }
        auto found = read_payload(in);
        if (found.kind != event_kind::need_input || in.empty()) return found;
    }
    return {};
}

/// False: the header is not complete yet.
std::expected<bool, errc> decoder::read_header(std::span<char>& in) noexcept {
    std::span<char const> bytes = in;
    if (header_held_ > 0) {
        auto more = std::min(in.size(), header_.size() - header_held_);
        std::memcpy(header_.data() + header_held_, in.data(), more);
        bytes = std::span{header_}.first(header_held_ + more);
    }
    bool in_message = message_opcode_ != opcode::continuation;
    auto header = parse_client_header(bytes, {in_message, allow_rsv1_, max_message_bytes_ - message_held_});
    if (!header) return std::unexpected{header.error()};
    if (header->size > bytes.size()) {
        if (header_held_ == 0) std::ranges::copy(bytes, header_.begin());
        header_held_ = static_cast<std::uint8_t>(bytes.size());
        in = in.last(0);
        return false;
    }
    in = in.subspan(header->size - header_held_);
    header_held_ = 0;
    begin_frame(*header);
    return true;
}

void decoder::begin_frame(client_header const& header) noexcept {
    state_ = state::payload;
    frame_opcode_ = header.op;
    frame_last_ = header.last;
    frame_left_ = header.payload_bytes;
    frame_key_ = header.key;
    if (header.begins_message()) {
        message_opcode_ = header.op;
        message_rsv1_ = header.rsv1;
        utf8_.reset();
    }
}

event decoder::read_payload(std::span<char>& in) {
    auto bytes = in.first(static_cast<std::size_t>(std::min<std::uint64_t>(frame_left_, in.size())));
    in = in.subspan(bytes.size());
    frame_left_ -= bytes.size();
    bool ascii = unmask(bytes, frame_key_);
    if (frame_left_ > 0)
        frame_key_ = advance(frame_key_, bytes.size());
    else
        state_ = state::header;
    std::string_view plain{bytes.data(), bytes.size()};
    return is_control(frame_opcode_) ? take_control(plain) : take_data(plain, ascii);
}

event decoder::take_control(std::string_view bytes) {
    if (frame_left_ > 0 || buffer_.size() > message_held_) {
        hold(bytes);
        if (frame_left_ > 0) return {};
        buffer_shown_ = true;
        bytes = std::string_view{buffer_}.substr(message_held_);
    }
    if (frame_opcode_ == opcode::close) return close_event(bytes);
    return {.kind = frame_opcode_ == opcode::ping ? event_kind::ping : event_kind::pong, .payload = bytes};
}

event decoder::take_data(std::string_view bytes, bool ascii) {
    bool last = frame_last_ && frame_left_ == 0;
    if (message_opcode_ == opcode::text && !message_rsv1_) {
        bool needs_check = !ascii || !utf8_.complete();
        if (needs_check && !utf8_.feed(bytes)) return fail(errc::invalid_utf8);
        if (last && !utf8_.complete()) return fail(errc::invalid_utf8);
    }
    if (!last || message_held_ > 0) {
        hold(bytes);
        message_held_ = buffer_.size();
        if (!last) return {};
        buffer_shown_ = true;
        bytes = buffer_;
    }
    event message{.kind = message_opcode_ == opcode::text ? event_kind::text : event_kind::binary,
                  .rsv1 = message_rsv1_,
                  .payload = bytes};
    message_held_ = 0;
    message_opcode_ = opcode::continuation;
    return message;
}

event decoder::close_event(std::string_view payload) {
    auto code = static_cast<std::uint16_t>(close_code::no_status);
    if (!payload.empty()) {
        code = static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
        payload.remove_prefix(2);
        if (!is_legal_on_wire(code)) return fail(errc::bad_close_payload);
        if (!is_utf8(payload)) return fail(errc::invalid_utf8);
    }
    state_ = state::ended;
    return {.kind = event_kind::close, .code = static_cast<close_code>(code), .payload = payload};
}

event decoder::fail(errc error) noexcept {
    state_ = state::ended;
    release_buffer();
    return {.kind = event_kind::failure, .error = error, .code = close_code_of(error)};
}

void decoder::hold(std::string_view bytes) {
    if (bytes.empty()) return;
    if (buffer_.empty()) buffer_.reserve(std::min(bytes.size() + frame_left_, max_reserve_bytes));
    buffer_ += bytes;
}

void decoder::release_shown() {
    if (!buffer_shown_) return;
    buffer_shown_ = false;
    buffer_.resize(message_held_);
    if (buffer_.empty()) release_buffer();
}

void decoder::release_buffer() noexcept {
    message_held_ = 0;
    buffer_shown_ = false;
    std::string{}.swap(buffer_); // an assignment would keep the capacity
}

} // namespace ringback::websocket
