#include "websocket/deflater.hpp"

#include <cassert>
#include <new>
#include <zlib.h>

namespace ringback::websocket {

void deflater::ending::operator()(z_stream_s* stream) const noexcept {
    ::deflateEnd(stream);
    delete stream;
}

deflater::deflater(std::uint8_t window_bits, int level) : stream_{new z_stream_s{}} {
    constexpr int memory_level = 8; // zlib's default
    // Negative: raw DEFLATE, without zlib's own header.
    int made = ::deflateInit2(stream_.get(), level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY);
    if (made != Z_OK) throw std::bad_alloc{};
}

void deflater::append(std::string& out, std::string_view payload) {
    assert(payload.size() < (std::size_t{1} << 31));
    ::deflateReset(stream_.get());
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
    stream_->avail_in = static_cast<uInt>(payload.size());
    constexpr std::size_t flush_bytes = 16; // of the empty block that a flush adds, and more
    std::size_t room = ::deflateBound(stream_.get(), payload.size()) + flush_bytes;
    std::size_t used = out.size();
    do {
        out.resize(used + room);
        stream_->next_out = reinterpret_cast<Bytef*>(out.data() + used);
        stream_->avail_out = static_cast<uInt>(room);
        ::deflate(stream_.get(), Z_SYNC_FLUSH);
        used += room - stream_->avail_out;
    } while (stream_->avail_out == 0);
    constexpr std::size_t tail_bytes = 4; // 00 00 ff ff, which the receiver puts back (section 7.2.1)
    out.resize(used - tail_bytes);
}

} // namespace ringback::websocket
