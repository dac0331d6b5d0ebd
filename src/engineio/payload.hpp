#pragma once

#include "engineio/packet.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace ringback::engineio {

/// How packets stand one behind the other in a polling body.
enum class payload_form : std::uint8_t {
    v4,       ///< with a record separator between them; binary is base64
    v3_text,  ///< `<length>:<packet>`, the length in UTF-16 code units; binary is base64
    v3_binary ///< 0 for text or 1 for binary, the digits of the length in bytes as bytes 0 to 9, 255, the packet
};

/// Stands between the packets of a v4 body.
inline constexpr char record_separator = '\x1e';

/// Walks the packets of a complete polling POST body, one at a time:
///
///     payload_reader reader{body, form};
///     while (!reader.at_end())
///         if (auto packet = reader.next()) …; else …;   // after an error the reader is at its end
///
/// There is no cap on the number of packets: the size of the body bounds them. `body` must outlive the reader.
class payload_reader {
public:
    explicit payload_reader(std::string_view body, payload_form form = payload_form::v4) noexcept
        : rest_{body},
          form_{form} {}
    payload_reader(payload_reader const&) = delete;
    payload_reader& operator=(payload_reader const&) = delete;

    [[nodiscard]] bool at_end() const noexcept { return at_end_; }

    /// The next packet. REQUIRES: !at_end(). Text is a view into the body and costs no allocation; base64 is decoded to
    /// a view into the reader that lives until the next call. The packets before an error stand: as in the reference
    /// they are delivered, and then the session closes. An empty body is an error. v3 clients write a payload without
    /// packets as `0:`, which reads as a noop.
    [[nodiscard]] std::expected<packet_view, errc> next();

private:
    [[nodiscard]] std::expected<packet_view, errc> next_v4();
    [[nodiscard]] std::expected<packet_view, errc> next_v3_text();
    [[nodiscard]] std::expected<packet_view, errc> next_v3_binary();

    std::string_view rest_;
    std::string buffer_;
    payload_form form_;
    bool at_end_ = false;
};

/// Puts packets together to the body that answers a poll.
class payload_writer {
public:
    /// `expected_bytes` sizes the body; it may become longer.
    explicit payload_writer(payload_form form, std::size_t expected_bytes = 0) : form_{form} {
        body_.reserve(expected_bytes);
    }

    /// A packet in text form, as one WebSocket text message carries it (`42["event"]`), base64 packets too.
    void text(std::string_view packet);
    /// A binary message as a WebSocket of the same revision carries it: in v3 behind its binary_marker_v3.
    void binary(std::string_view packet);

    [[nodiscard]] std::string take() { return std::move(body_); }

private:
    std::string body_;
    payload_form form_;
};

} // namespace ringback::engineio
