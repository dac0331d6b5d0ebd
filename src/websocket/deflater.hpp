#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ringback::websocket {

/// Compresses messages (RFC 7692 section 7.2.1), each one by itself. Holds about 270 kB with a window of 15 bits, so it
/// is meant to serve many connections. One thread at a time.
class deflater {
public:
    /// REQUIRES: 9 to 15, and 1 to 9. Throws std::bad_alloc.
    deflater(std::uint8_t window_bits, int level);

    /// Appends what a compressed message carries for `payload`. REQUIRES: less than 2^31 bytes.
    void append(std::string& out, std::string_view payload);

private:
    struct ending {
        void operator()(z_stream_s* stream) const noexcept;
    };
    std::unique_ptr<z_stream_s, ending> stream_;
};

} // namespace ringback::websocket
