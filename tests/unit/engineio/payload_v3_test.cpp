#include "engineio/payload.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ringback::engineio {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::vector<std::string> read_all(std::string_view body, payload_form form) {
    std::vector<std::string> packets;
    payload_reader reader{body, form};
    while (!reader.at_end()) {
        auto packet = reader.next();
        if (!packet)
            packets.emplace_back("error");
        else if (packet->content == packet_content::binary)
            packets.push_back("binary:" + std::string{packet->data});
        else
            packets.push_back(digit_of(packet->type) + std::string{packet->data});
    }
    return packets;
}

std::vector<std::string> read_text(std::string_view body) { return read_all(body, payload_form::v3_text); }
std::vector<std::string> read_bytes(std::string_view body) { return read_all(body, payload_form::v3_binary); }

TEST(PayloadV3, APacketStandsBehindItsLength) {
    EXPECT_EQ(read_text("6:4hello1:2"), (std::vector{"4hello"s, "2"s}));
    EXPECT_EQ(read_text("10:b4AQIDBA==1:1"), (std::vector{"binary:\x01\x02\x03\x04"s, "1"s}));
}

TEST(PayloadV3, LengthsCountUtf16CodeUnits) {
    // One unit for the first three characters, two for the last.
    EXPECT_EQ(read_text("2:4é2:4€2:4中3:4😀1:6"), (std::vector{"4é"s, "4€"s, "4中"s, "4😀"s, "6"s}));
    payload_writer body{payload_form::v3_text};
    body.text("4é€中😀");
    EXPECT_EQ(body.take(), "6:4é€中😀");
}

TEST(PayloadV3, ALengthThatHalvesACharacterIsAnError) { EXPECT_EQ(read_text("2:4😀"), (std::vector{"error"s})); }

TEST(PayloadV3, AnEmptyPayloadOfAClientReadsAsANoop) { EXPECT_EQ(read_text("0:"), (std::vector{"6"s})); }

TEST(PayloadV3, WhatIsNoPayloadIsOneError) {
    for (auto body : {""sv, "abc"sv, ":4a"sv, "4"sv, "5:4a"sv, "-1:4"sv, "1e1:4"sv, " 2:4a"sv,
                      "99999999999999999999:4"sv, "2:9a"sv, "2:b2"sv, "3:b4!"sv})
        EXPECT_EQ(read_text(body), (std::vector{"error"s})) << body;
    EXPECT_EQ(read_text("2:4a7"), (std::vector{"4a"s, "error"s}));
}

TEST(PayloadV3, ABinaryPayloadHoldsTextAndBytes) {
    EXPECT_EQ(read_bytes("\x00\x06\xFF"
                         "4hello\x01\x05\xFF\x04\x01\x02\x03\x04"sv),
              (std::vector{"4hello"s, "binary:\x01\x02\x03\x04"s}));
    EXPECT_EQ(read_bytes("\x00\x01\x01\xFF"
                         "4ééééé"sv),
              (std::vector{"4ééééé"s}))
        << "its lengths count bytes";
}

TEST(PayloadV3, WhatIsNoBinaryPayloadIsOneError) {
    for (auto body : {""sv, "\x00"sv, "\x00\xFF"sv, "\x00\x01"sv,
                      "\x00\x02\xFF"
                      "4"sv,
                      "\x02\x01\xFF"
                      "4"sv,
                      "\x01\x01\xFF\x02"sv, "\x01\x00\xFF"sv,
                      "\x00\x01\x0A"
                      "4"sv,
                      "\x00\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\xFF"sv})
        EXPECT_EQ(read_bytes(body), (std::vector{"error"s}));
}

TEST(PayloadV3, AnswersAreReadBack) {
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    for (auto form : {payload_form::v3_text, payload_form::v3_binary}) {
        payload_writer body{form};
        body.text("4中文");
        body.binary(binary_marker_v3 + bytes);
        body.text("6");
        EXPECT_EQ(read_all(body.take(), form), (std::vector{"4中文"s, "binary:" + bytes, "6"s}));
    }
}

TEST(PayloadV3, ABinaryMessageOfAWebSocketStandsBehindItsType) {
    EXPECT_EQ(decode_binary_packet_v3("\x04\x01"sv)->data, "\x01"sv);
    EXPECT_EQ(decode_binary_packet_v3("").error(), errc::empty_packet);
    EXPECT_EQ(decode_binary_packet_v3("4a").error(), errc::unknown_packet_type);
}

} // namespace
} // namespace ringback::engineio
