#include "engineio/packet.hpp"
#include "engineio/payload.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ringback::engineio {
namespace {

using namespace std::string_literals;

TEST(Packet, EveryDigitIsItsTypeAndTheRestIsData) {
    std::pair<std::string_view, packet_type> const rows[] = {
        {"0{}", packet_type::open}, {"1{}", packet_type::close},   {"2{}", packet_type::ping},
        {"3{}", packet_type::pong}, {"4{}", packet_type::message}, {"5{}", packet_type::upgrade},
        {"6{}", packet_type::noop},
    };
    for (auto [text, type] : rows) {
        auto packet = decode_packet(text);
        ASSERT_TRUE(packet) << text;
        EXPECT_EQ(*packet, (packet_view{type, packet_content::text, "{}"})) << text;
        std::string encoded;
        append_packet(encoded, packet->type, packet->data);
        EXPECT_EQ(encoded, text);
    }
    EXPECT_EQ(decode_packet("4")->data, "");
}

TEST(Packet, TextWithoutAKnownTypeIsRefused) {
    EXPECT_EQ(decode_packet("").error(), errc::empty_packet);
    for (std::string_view text : {"abc", "7", "/", ":", " 4", "bAQID", "\xff", "-1"})
        EXPECT_EQ(decode_packet(text).error(), errc::unknown_packet_type) << text;
}

TEST(Packet, AViewPointsIntoTheTextItWasDecodedFrom) {
    std::string text = "4hello";
    EXPECT_EQ(decode_packet(text)->data.data(), text.data() + 1);
}

TEST(Packet, Base64IsABinaryMessageOnlyWhereABufferIsGiven) {
    std::string buffer = "left over";
    EXPECT_EQ(decode_packet("bAQIDBA==", buffer).value(), binary_message("\x01\x02\x03\x04"));
    EXPECT_EQ(decode_packet("b", buffer).value(), binary_message(""));
    EXPECT_EQ(decode_packet("4b", buffer).value(), (packet_view{packet_type::message, packet_content::text, "b"}));
}

TEST(Packet, Base64WithoutPaddingIsAccepted) {
    std::string buffer;
    EXPECT_EQ(decode_packet("bAQ", buffer)->data, "\x01");
    EXPECT_EQ(decode_packet("bAQI", buffer)->data, "\x01\x02");
}

TEST(Packet, Base64MayBeBrokenIntoLines) {
    std::string buffer;
    for (std::string_view text :
         {"bAQIDBA==\n", "bAQID\r\nBA==\r\n", "b\nA\nQIDBA=\n="}) // the first as the Java client does
        EXPECT_EQ(decode_packet(text, buffer), binary_message("\x01\x02\x03\x04")) << text;
    EXPECT_EQ(decode_packet("b\n", buffer), binary_message(""));
    EXPECT_EQ(decode_packet_v3("b4AQIDBA==\n", buffer), binary_message("\x01\x02\x03\x04"));
}

TEST(Packet, BadBase64IsRefused) {
    std::string buffer;
    for (std::string_view text : {"bA", "bA===", "bAQ=", "b=", "b====", "bAQ==AQ==", "bAQ ID", "bAQI-", "bAQI_", "bA\n",
                                  "bAQ=\n", "bAQ==\nAQ==", "b\xff\xff\xff\xff"})
        EXPECT_EQ(decode_packet(text, buffer), std::unexpected{errc::bad_base64}) << text;
}

// What a payload decodes to, copied out of the reader: "text:…" and "binary:…", and "error" in the end.
std::vector<std::string> read_all(std::string_view body) {
    std::vector<std::string> seen;
    payload_reader reader{body};
    while (!reader.at_end()) {
        auto packet = reader.next();
        if (!packet)
            seen.emplace_back("error");
        else if (packet->content == packet_content::binary)
            seen.push_back("binary:" + std::string{packet->data});
        else
            seen.push_back(digit_of(packet->type) + (":" + std::string{packet->data}));
    }
    return seen;
}

TEST(Payload, PacketsComeOutInOrder) {
    EXPECT_EQ(read_all("4hello"), (std::vector{"4:hello"s}));
    EXPECT_EQ(read_all("4a\x1e"
                       "2\x1e"
                       "bAQID\x1e"
                       "4b"),
              (std::vector{"4:a"s, "2:"s, "binary:\x01\x02\x03"s, "4:b"s}));
}

TEST(Payload, AnEmptyPacketAnywhereIsAnError) {
    EXPECT_EQ(read_all(""), (std::vector{"error"s}));
    EXPECT_EQ(read_all("\x1e"), (std::vector{"error"s}));
    EXPECT_EQ(read_all("4a\x1e"), (std::vector{"4:a"s, "error"s}));
    EXPECT_EQ(read_all("\x1e"
                       "4a"),
              (std::vector{"error"s}));
    EXPECT_EQ(read_all("4a\x1e\x1e"
                       "4b"),
              (std::vector{"4:a"s, "error"s}));
}

TEST(Payload, NothingBehindAnErrorIsRead) {
    EXPECT_EQ(read_all("4a\x1e"
                       "abc\x1e"
                       "4b"),
              (std::vector{"4:a"s, "error"s}));
    EXPECT_EQ(read_all("b!\x1e"
                       "4b"),
              (std::vector{"error"s}));
}

TEST(Payload, ALongerBinaryPacketReplacesAShorterOne) {
    payload_writer body{payload_form::v4};
    std::vector<std::string> expected;
    for (std::size_t size : {0u, 1u, 2u, 3u, 1000u, 5u}) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i)
            bytes += static_cast<char>(i * 7);
        body.binary(bytes);
        expected.push_back("binary:" + bytes);
    }
    EXPECT_EQ(read_all(body.take()), expected);
}

TEST(Payload, ThereIsNoCapOnPackets) {
    payload_writer body{payload_form::v4};
    for (int i = 0; i < 20'000; ++i)
        body.text("4x");
    EXPECT_EQ(read_all(body.take()).size(), 20'000u);
}

TEST(Payload, EveryByteSurvivesTheRoundTripAsBinary) {
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    payload_writer body{payload_form::v4};
    body.binary(bytes);
    EXPECT_EQ(read_all(body.take()), (std::vector{"binary:" + bytes}));
}

TEST(Payload, ResponseBodiesJoinPacketsOfEveryForm) {
    payload_writer body{payload_form::v4};
    body.text("6");
    body.text("1");
    body.text(R"(42["hi"])");
    body.binary("\x01\x02\x03");
    EXPECT_EQ(body.take(), "6\x1e"
                           "1\x1e"
                           "42[\"hi\"]\x1e"
                           "bAQID");
}

} // namespace
} // namespace ringback::engineio
