#include "websocket/errc.hpp"
#include "websocket/frame.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace ringback::websocket;
using namespace std::string_literals;

TEST(FrameHeader, HasTheShortestLengthAndNoMask) {
    struct {
        std::uint64_t payload_bytes;
        std::string encoded;
    } const table[] = {
        {0, "\x81\x00"s},
        {1, "\x81\x01"s},
        {125, "\x81\x7d"s},
        {126, "\x81\x7e\x00\x7e"s},
        {127, "\x81\x7e\x00\x7f"s},
        {65535, "\x81\x7e\xff\xff"s},
        {65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s},
        {0x0123456789abcdef, "\x81\x7f\x01\x23\x45\x67\x89\xab\xcd\xef"s},
    };
    for (auto const& [payload_bytes, encoded] : table) {
        std::string out = "before";
        append_header(out, opcode::text, fin::yes, payload_bytes);
        EXPECT_EQ(out, "before" + encoded);
        EXPECT_EQ(header_size(payload_bytes), encoded.size());
    }
}

TEST(FrameHeader, CarriesOpcodeAndFin) {
    EXPECT_EQ(encode_header(opcode::text, fin::no, 0).view(), "\x01\x00"s);
    EXPECT_EQ(encode_header(opcode::continuation, fin::no, 0).view(), "\x00\x00"s);
    EXPECT_EQ(encode_header(opcode::continuation, fin::yes, 0).view(), "\x80\x00"s);
    EXPECT_EQ(encode_header(opcode::binary, fin::yes, 0).view(), "\x82\x00"s);
    EXPECT_EQ(encode_header(opcode::ping, fin::yes, 0).view(), "\x89\x00"s);
}

TEST(FrameClose, CarriesCodeAndReason) {
    EXPECT_EQ(encode_close(close_code::normal), "\x88\x02\x03\xe8"s);
    EXPECT_EQ(encode_close(close_code::message_too_big, "big"), "\x88\x05\x03\xf1"s + "big");
    EXPECT_EQ(encode_close(close_code{4321}), "\x88\x02\x10\xe1"s);
    EXPECT_EQ(close_payload(close_code::going_away, "x"), "\x03\xe9x");
}

TEST(FrameClose, HasNoBodyForNoStatus) { EXPECT_EQ(encode_close(close_code::no_status, "unsent"), "\x88\x00"s); }

TEST(FrameClose, CutsALongReasonBetweenCodePoints) {
    EXPECT_EQ(close_payload(close_code::normal, std::string(123, 'r')).size(), 125u);
    EXPECT_EQ(close_payload(close_code::normal, std::string(200, 'r')).size(), 125u);
    // The euro sign's three bytes would end at 124, then 125 and 123.
    EXPECT_EQ(close_payload(close_code::normal, std::string(121, 'r') + "\xe2\x82\xac").size(), 2u + 121);
    EXPECT_EQ(close_payload(close_code::normal, std::string(122, 'r') + "\xe2\x82\xac").size(), 2u + 122);
    EXPECT_EQ(close_payload(close_code::normal, std::string(120, 'r') + "\xe2\x82\xac" + "more").size(), 2u + 123);
}

TEST(FramePong, RepeatsThePayload) {
    EXPECT_EQ(encode_pong(""), "\x8a\x00"s);
    EXPECT_EQ(encode_pong("echo"), "\x8a\x04"s + "echo");
}

TEST(CloseCode, IsLegalOnTheWireWhenAssignedOrLeftToApplications) {
    for (int code = 0; code <= 65535; ++code) {
        bool assigned = (code >= 1000 && code <= 1014) && code != 1004 && code != 1005 && code != 1006;
        EXPECT_EQ(is_legal_on_wire(static_cast<std::uint16_t>(code)), assigned || (code >= 3000 && code <= 4999))
            << code;
    }
    EXPECT_TRUE(is_legal_on_wire(close_code::try_again_later));
    EXPECT_FALSE(is_legal_on_wire(close_code::abnormal));
}

TEST(WebsocketErrc, HasACloseCodeAndAShortDescription) {
    for (int i = 0; i <= static_cast<int>(errc::message_too_big); ++i) {
        auto error = static_cast<errc>(i);
        EXPECT_TRUE(is_legal_on_wire(close_code_of(error)));
        EXPECT_NE(describe(error), "unknown error");
        EXPECT_LE(describe(error).size(), 123u);
    }
    EXPECT_EQ(close_code_of(errc::unmasked_frame), close_code::protocol_error);
    EXPECT_EQ(close_code_of(errc::invalid_utf8), close_code::invalid_payload);
    EXPECT_EQ(close_code_of(errc::message_too_big), close_code::message_too_big);
}
