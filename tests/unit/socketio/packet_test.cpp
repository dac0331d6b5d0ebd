#include "socketio/packet.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <string>

using namespace ringback::socketio;

namespace ringback::socketio {

void PrintTo(packet_view const& p, std::ostream* out) {
    *out << "type " << static_cast<int>(p.type) << " nsp " << p.nsp << " ack "
         << (p.ack_id ? std::to_string(*p.ack_id) : "none") << " attachments " << p.attachments << " payload "
         << p.payload << " name " << p.raw_name << " args " << p.args;
}

} // namespace ringback::socketio

namespace {

constexpr std::uint64_t greatest_id = std::numeric_limits<std::uint64_t>::max();

void expect_error(std::string_view text, errc error) {
    auto packet = decode_packet(text, {});
    ASSERT_FALSE(packet) << text;
    EXPECT_EQ(to_string(packet.error()), to_string(error)) << text;
}

} // namespace

TEST(DecodePacket, ReadsConnectWithAndWithoutAuth) {
    struct {
        std::string_view text, nsp, payload;
    } const rows[] = {{"0", "/", ""},
                      {"0/user", "/user", ""},
                      {"0/user,", "/user", ""},
                      {"0{}", "/", "{}"},
                      {R"(0/user,{"token":"t"})", "/user", R"({"token":"t"})"},
                      {"0/user, { } ", "/user", "{ }"},
                      {"0/?a=b,", "/?a=b", ""},
                      {"0//,", "//", ""},
                      {"0/,{}", "/", "{}"}};
    for (auto [text, nsp, payload] : rows)
        EXPECT_EQ(decode_packet(text, {}), (packet_view{packet_type::connect, nsp, {}, 0, payload, "", ""})) << text;
}

TEST(DecodePacket, RefusesConnectWithAnythingButAnObject) {
    for (auto text : {R"(0"token")", "0[]", "0null", "0/user,true", "0/user,-1"})
        expect_error(text, errc::bad_payload);
    for (auto text : {"0{", "0 ", "0{}{}", "0/user,{}x", "0abc", "0,"})
        expect_error(text, errc::bad_json);
}

TEST(DecodePacket, ReadsDisconnect) {
    for (auto text : {"1", "1/"})
        EXPECT_EQ(decode_packet(text, {}), (packet_view{packet_type::disconnect, "/", {}, 0, "", "", ""})) << text;
    for (auto text : {"1/custom", "1/custom,"})
        EXPECT_EQ(decode_packet(text, {}), (packet_view{packet_type::disconnect, "/custom", {}, 0, "", "", ""}))
            << text;
    for (auto text : {"1{}", "1/custom,[]", "1 ", "1,"})
        expect_error(text, errc::bad_payload);
}

TEST(DecodePacket, ReadsEvents) {
    using enum packet_type;
    struct {
        std::string_view text;
        packet_view packet;
    } const rows[] = {{R"(2["hi"])", {event, "/", {}, 0, R"(["hi"])", R"("hi")", ""}},
                      {R"(2/,["hi"])", {event, "/", {}, 0, R"(["hi"])", R"("hi")", ""}},
                      {R"(20["hi",1])", {event, "/", 0, 0, R"(["hi",1])", R"("hi")", "1"}},
                      {R"(2/user,12["hi",{"a":[1]},"b"])",
                       {event, "/user", 12, 0, R"(["hi",{"a":[1]},"b"])", R"("hi")", R"({"a":[1]},"b")"}},
                      {R"(2 [ "hi" , 1 , 2 ] )", {event, "/", {}, 0, R"([ "hi" , 1 , 2 ])", R"("hi")", "1 , 2"}},
                      {R"(2["\u0068i"])", {event, "/", {}, 0, R"(["\u0068i"])", R"("\u0068i")", ""}},
                      {R"(2[""])", {event, "/", {}, 0, R"([""])", R"("")", ""}},
                      {"2[1.50,null]", {event, "/", {}, 0, "[1.50,null]", "1.50", "null"}},
                      {R"(2007["hi"])", {event, "/", 7, 0, R"(["hi"])", R"("hi")", ""}},
                      {R"(218446744073709551615["hi"])", {event, "/", greatest_id, 0, R"(["hi"])", R"("hi")", ""}},
                      {R"(2["connecting"])", {event, "/", {}, 0, R"(["connecting"])", R"("connecting")", ""}},
                      {R"(51-["f",{"_placeholder":true,"num":0}])",
                       {binary_event,
                        "/",
                        {},
                        1,
                        R"(["f",{"_placeholder":true,"num":0}])",
                        R"("f")",
                        R"({"_placeholder":true,"num":0})"}},
                      {R"(510-/user,3["f"])", {binary_event, "/user", 3, 10, R"(["f"])", R"("f")", ""}}};
    for (auto const& [text, packet] : rows)
        EXPECT_EQ(decode_packet(text, {}), packet) << text;
}

TEST(DecodePacket, ReadsAcks) {
    using enum packet_type;
    struct {
        std::string_view text;
        packet_view packet;
    } const rows[] = {{"37[]", {ack, "/", 7, 0, "[]", "", ""}},
                      {"3/user,7[ ]", {ack, "/user", 7, 0, "[ ]", "", ""}},
                      {R"(37["connect",[1, 2]])", {ack, "/", 7, 0, R"(["connect",[1, 2]])", "", R"("connect",[1, 2])"}},
                      {"3[null]", {ack, "/", {}, 0, "[null]", "", "null"}},
                      {"62-/user,0[1]", {binary_ack, "/user", 0, 2, "[1]", "", "1"}}};
    for (auto const& [text, packet] : rows)
        EXPECT_EQ(decode_packet(text, {}), packet) << text;
}

TEST(DecodePacket, RefusesPayloadsThatAreNoArray) {
    for (auto text : {"2", "2/user", "2/user,", "2{}", R"(2"hi")", "2/user,null", "21", "2[]", "2 [ ] ", "51-[]", "2 ",
                      "3", "37", "37{}", "3/user,7true", "61-null", "51-"})
        expect_error(text, errc::bad_payload);
}

TEST(DecodePacket, RefusesBrokenJson) {
    for (auto text : {"2[", R"(2["hi")", R"(2["hi",])", R"(2["hi"]])", R"(2["hi"]x)", R"(2["hi" 1])", R"(2["hi",01])",
                      R"(2[,"hi"])", R"(2x["hi"])", R"(2["hi"}])", R"(2-1["hi"])", R"(2,["hi"])", "2\"", "37[1,]",
                      "37[}", R"(21 2["hi"])", "2\x0b[\"hi\"]", "2[\"a\nb\"]"})
        expect_error(text, errc::bad_json);
}

TEST(DecodePacket, RefusesReservedAndImpossibleEventNames) {
    for (std::string_view name :
         {R"("connect")", R"("connect_error")", R"("disconnect")", R"("disconnecting")", R"("newListener")",
          R"("removeListener")", R"("\u0063onnect")", "null", "true", "{}", R"(["hi"])"}) {
        expect_error("2[" + std::string{name} + "]", errc::bad_event_name);
        expect_error("51-[" + std::string{name} + ",1]", errc::bad_event_name);
    }
}

TEST(DecodePacket, RefusesUnknownTypesAndWhatOnlyAServerMaySend) {
    expect_error("", errc::empty_packet);
    for (auto text : {"7", "9[]", "abc", "/user,", "[", " 2", "\xff"})
        expect_error(text, errc::unknown_type);
    for (auto text : {"4", R"(4/user,{"message":"m"})", R"(4"m")"})
        expect_error(text, errc::not_for_clients);
}

TEST(DecodePacket, ReadsAckIdsAsDigitsThatFitInto64Bits) {
    expect_error(R"(218446744073709551616["hi"])", errc::bad_ack_id);
    expect_error("3/user,99999999999999999999[]", errc::bad_ack_id);
    EXPECT_EQ(decode_packet(R"(2 ["hi"])", {})->ack_id, std::nullopt) << "JavaScript would read the space as 0";
}

TEST(DecodePacket, TakesOneToTheLimitOfAttachments) {
    for (auto text :
         {R"(5["f"])", R"(5-["f"])", R"(50-["f"])", R"(511-["f"])", R"(5-1-["f"])", R"(5 1-["f"])", R"(51["f"])",
          R"(51)", "5", "60-[]", R"(54294967297-["f"])", R"(599999999999999999999-["f"])", R"(51.0-["f"])"})
        expect_error(text, errc::bad_attachment_count);
    EXPECT_EQ(decode_packet(R"(511-["f"])", {.max_attachments = 11})->attachments, 11u);
    EXPECT_FALSE(decode_packet(R"(51-["f"])", {.max_attachments = 0}));
}

TEST(DecodePacket, CountsThePayloadAgainstTheDepthLimit) {
    auto event = [](std::size_t depth) {
        return R"(2["hi",)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "]";
    };
    EXPECT_TRUE(decode_packet(event(64), {}));
    EXPECT_EQ(decode_packet(event(65), {}).error(), errc::too_deep);
    EXPECT_EQ(decode_packet(R"(2["hi"])", {.max_depth = 0}).error(), errc::too_deep);
    EXPECT_TRUE(decode_packet(event(max_json_depth), {.max_depth = 1000}));
    EXPECT_EQ(decode_packet(event(max_json_depth + 1), {.max_depth = 1000}).error(), errc::too_deep);
    EXPECT_TRUE(decode_packet("0{}", {.max_depth = 1}));
    EXPECT_EQ(decode_packet(R"(0{"a":{}})", {.max_depth = 1}).error(), errc::too_deep);
}

TEST(DecodePacket, ShowsTheReceivedBytesInPlace) {
    std::string text = R"(2/user,["webrtc:offer",{"n":1.500,"s":"\ud800"}])";
    auto packet = decode_packet(text, {});
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->args.data(), text.data() + text.find('{'));
    EXPECT_EQ(packet->args, R"({"n":1.500,"s":"\ud800"})");
}

TEST(EventName, IsDecodedIntoTheScratchOnlyWhenItMust) {
    std::string scratch = "untouched";
    auto name = [&](std::string_view text) {
        auto packet = decode_packet(text, {});
        return std::string{event_name(packet.value(), scratch)};
    };
    EXPECT_EQ(name(R"(2["call:end"])"), "call:end");
    EXPECT_EQ(name("2[1.0]"), "1.0");
    EXPECT_EQ(scratch, "untouched");
    EXPECT_EQ(name(R"(2["\u0063all\"end"])"), "call\"end");
    EXPECT_EQ(name(R"(2["\ud800"])"), "\xef\xbf\xbd");
}

TEST(SocketioErrc, NamesEachError) {
    EXPECT_EQ(to_string(errc::empty_packet), "empty_packet");
    EXPECT_EQ(to_string(errc::too_large), "too_large");
}
