#pragma once

#include "websocket/decoder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a client sends and what the decoder makes of it.
namespace ringback::websocket::test {

/// First header byte of a frame: FIN and opcode; add bits for RSV.
inline constexpr int text = 0x81, binary = 0x82, last = 0x80, closing = 0x88, ping = 0x89, pong = 0x8a;
inline constexpr int text_more = 0x01, binary_more = 0x02, more = 0x00;
inline constexpr int rsv1 = 0x40;

/// A masked frame with the shortest length, whatever the first byte says.
inline std::string client_frame(int first, std::string_view payload, masking_key key = {0x37, 0xfa, 0x21, 0x3d}) {
    std::string out{static_cast<char>(first)};
    auto length = encode_header(opcode::binary, fin::yes, payload.size());
    out += length.view().substr(1);
    out[1] = static_cast<char>(static_cast<unsigned char>(out[1]) | 0x80);
    for (auto byte : key)
        out += static_cast<char>(byte);
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ key[i % 4]);
    return out;
}

inline std::string close_frame(int code, std::string_view reason = {}) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    payload += reason;
    return client_frame(closing, payload);
}

/// An event in words: "text hello", "close 1000 bye", "failure 1002 reserved opcode".
inline std::string to_words(event const& e) {
    auto code = std::to_string(static_cast<int>(e.code));
    std::string payload{e.payload};
    switch (e.kind) {
    case event_kind::need_input: return "need_input";
    case event_kind::text: return (e.rsv1 ? "text+rsv1 " : "text ") + payload;
    case event_kind::binary: return (e.rsv1 ? "binary+rsv1 " : "binary ") + payload;
    case event_kind::ping: return "ping " + payload;
    case event_kind::pong: return "pong " + payload;
    case event_kind::close: return "close " + code + " " + payload;
    case event_kind::failure: return "failure " + code + " " + std::string{describe(e.error)};
    }
    return "unknown";
}

using events = std::vector<std::string>;

/// Gives one read to the decoder. The bytes live in a block of their own exact size, so that an access outside of
/// them is seen by a sanitizer.
inline void read(decoder& d, std::string_view bytes, events& out) {
    std::vector<char> block(bytes.begin(), bytes.end());
    std::span<char> in = block;
    for (;;) {
        auto before = in.size();
        auto e = d.next(in);
        if (e.kind == event_kind::need_input) break;
        ASSERT_LT(in.size(), before) << "an event without progress";
        out.push_back(to_words(e));
    }
    ASSERT_TRUE(in.empty());
}

inline events decode(std::string_view bytes, decoder_config const& config = {}) {
    decoder d{config};
    events out;
    read(d, bytes, out);
    return out;
}

inline events decode_in_two(std::string_view bytes, std::size_t cut, decoder_config const& config = {}) {
    decoder d{config};
    events out;
    read(d, bytes.substr(0, cut), out);
    read(d, bytes.substr(cut), out);
    return out;
}

inline events decode_byte_by_byte(std::string_view bytes, decoder_config const& config = {}) {
    decoder d{config};
    events out;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        read(d, bytes.substr(i, 1), out);
    return out;
}

/// Whole, byte by byte and cut once at every place: always the same events.
inline void expect_events(std::string_view bytes, events const& expected, decoder_config const& config = {}) {
    EXPECT_EQ(decode(bytes, config), expected);
    EXPECT_EQ(decode_byte_by_byte(bytes, config), expected);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut)
        ASSERT_EQ(decode_in_two(bytes, cut, config), expected) << "cut at " << cut;
}

} // namespace ringback::websocket::test
