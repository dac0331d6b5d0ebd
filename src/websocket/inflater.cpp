#include "websocket/inflater.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>
#include <zlib.h>

namespace ringback::websocket {
namespace {

constexpr std::size_t first_room = 4096;

/// What the sender took away behind its last block (section 7.2.2).
constexpr std::string_view tail{"\x00\x00\xff\xff", 4};

} // namespace

void inflater::ending::operator()(z_stream_s* stream) const noexcept {
    ::inflateEnd(stream);
    delete stream;
}

inflater::inflater(std::uint8_t window_bits, deflate_context context) : stream_{new z_stream_s{}}, context_{context} {
    if (::inflateInit2(stream_.get(), -window_bits) != Z_OK) throw std::bad_alloc{};
}

errc inflater::inflate(std::string_view payload, std::uint64_t max_bytes, std::string& out) {
    used_ = 0;
    final_ = false;
    out.clear();
    if (context_ == deflate_context::fresh) ::inflateReset(stream_.get());
    auto error = feed(payload, max_bytes, out);
    if (error == errc::none && !final_) {
        error = feed(tail, max_bytes, out);
        // Bit 7: a block has just ended; the lower ones: bits of a byte that are not used yet.
        bool between_blocks = (stream_->data_type & 0x80) && (stream_->data_type & 0x1f) == 0;
        if (error == errc::none && (!between_blocks || final_)) error = errc::invalid_deflate;
    }
    if (error == errc::none && std::exchange(final_, false)) begin_anew_with_window();
    out.resize(error == errc::none ? used_ : 0);
    return error;
}

errc inflater::feed(std::string_view piece, std::uint64_t max_bytes, std::string& out) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    for (std::size_t left = piece.size();;) {
        if (used_ == out.size()) {
            // One byte over the limit tells a message that is too long from one that fills it.
            std::size_t room = std::max(first_room, out.size());
            if (max_bytes - used_ < room) room = static_cast<std::size_t>(max_bytes) - used_ + 1;
            out.resize(used_ + room);
        }
        auto in = static_cast<uInt>(std::min(left, most));
        auto room = static_cast<uInt>(std::min(out.size() - used_, most));
        stream_->avail_in = in;
        stream_->next_out = reinterpret_cast<Bytef*>(out.data() + used_);
        stream_->avail_out = room;
        int result = ::inflate(stream_.get(), Z_SYNC_FLUSH);
        left -= in - stream_->avail_in;
        used_ += room - stream_->avail_out;
        if (used_ > max_bytes) return errc::message_too_big;
        if (result == Z_STREAM_END) return finish(piece.substr(piece.size() - left));
        if (result != Z_OK && result != Z_BUF_ERROR) return errc::invalid_deflate;
        if (left == 0 && stream_->avail_out > 0) return errc::none;
        // Neither went on, though there was room and input.
        if (result == Z_BUF_ERROR && stream_->avail_out > 0) return errc::invalid_deflate;
    }
}

// A block that calls itself the last one is legal (section 7.2.3.4): the sender adds a byte 00, so that the tail makes
// an empty block of it.
errc inflater::finish(std::string_view rest) {
    if (rest != std::string_view{"\x00", 1}) return errc::invalid_deflate;
    final_ = true;
    return errc::none;
}

// The messages that follow may still refer to this one.
void inflater::begin_anew_with_window() {
    if (context_ == deflate_context::fresh) return;
    std::array<Bytef, 32768> window;
    uInt size = 0;
    ::inflateGetDictionary(stream_.get(), window.data(), &size);
    ::inflateReset(stream_.get());
    ::inflateSetDictionary(stream_.get(), window.data(), size);
}

} // namespace ringback::websocket
