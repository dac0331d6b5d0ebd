#pragma once

#include "websocket/errc.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ringback::websocket {

/// Whether a message may refer to those before it.
enum class deflate_context : bool { fresh, kept };

/// Decompresses messages (RFC 7692 section 7.2.2). With a kept context one serves one connection, with a fresh one any
/// number, as it begins anew with each message. Holds 7 kB, and the window once it was needed. One thread at a time.
class inflater {
public:
    /// REQUIRES: 8 to 15. Throws std::bad_alloc.
    inflater(std::uint8_t window_bits, deflate_context context);

    /// Replaces `out` by the message that `payload` carries: errc::none. Stops with message_too_big as soon as it is
    /// longer than `max_bytes`, having grown `out` to twice that at most; invalid_deflate when it is no DEFLATE, or
    /// ends amid a block. After an error the connection has to end: a kept context is of no more use.
    [[nodiscard]] errc inflate(std::string_view payload, std::uint64_t max_bytes, std::string& out);

private:
    struct ending {
        void operator()(z_stream_s* stream) const noexcept;
    };
    [[nodiscard]] errc feed(std::string_view piece, std::uint64_t max_bytes, std::string& out);
    [[nodiscard]] errc finish(std::string_view rest);
    void begin_anew_with_window();

    std::unique_ptr<z_stream_s, ending> stream_;
    deflate_context context_;
    std::size_t used_ = 0; ///< of the message so far
    bool final_ = false;   ///< the last block was read: nothing of the message may follow
};

} // namespace ringback::websocket
