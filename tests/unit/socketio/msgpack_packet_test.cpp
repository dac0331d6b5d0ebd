// The long hexadecimal texts are what the npm package socket.io-msgpack-parser 3.0.2 (notepack.io 2.2.0) wrote.

#include "socketio/msgpack_packet.hpp"
#include "unit/socketio/hex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using namespace ringback::socketio;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::expected<binary_packet, errc> decode(std::string_view hex, decode_limits const& limits = {}) {
    return decode_msgpack(from_hex(hex), limits);
}

errc error_of(std::string_view hex, decode_limits const& limits = {}) {
    auto packet = decode(hex, limits);
    return packet ? errc{} : packet.error();
}

// {type: 2, nsp: "/", data: …}
std::string event_of(std::string_view data) { return "83a47479706502a36e7370a12fa464617461" + std::string{data}; }
std::string args_of(std::string_view items, char count = '2') {
    auto packet = decode(event_of(std::string{"9"} + count + "a165" + std::string{items}));
    return packet ? std::string{packet->packet().args} : std::string{to_string(packet.error())};
}

} // namespace

TEST(MsgpackDecoder, ReadsWhatTheOfficialParserWritesForConnect) {
    auto plain = decode("84a47479706500a464617461d40000a76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->packet(), packet_view{});
    auto auth = decode("83a47479706500a46461746181a5746f6b656ea3616263a36e7370a62f61646d696e");
    ASSERT_TRUE(auth);
    EXPECT_EQ(auth->packet().nsp, "/admin");
    EXPECT_EQ(auth->packet().payload, R"({"token":"abc"})");
}

TEST(MsgpackDecoder, ReadsWhatTheOfficialParserWritesForDisconnect) {
    auto packet = decode("83a47479706501a76f7074696f6e7381a8636f6d7072657373c3a36e7370a72f637573746f6d");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet(), *decode_packet("1/custom,", {}));
}

TEST(MsgpackDecoder, ReadsEveryFormOfNumber) {
    auto packet = decode(
        "84a47479706502a464617461dc0017a568656c6c6f01ff7fcc80ccffcd0100cdffffce00010000ceffffffffcf0000000100000000e0d0"
        "dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fffffffcb3ff8000000000000c3c2c0a76f7074696f6e7381a8636f6d7072"
        "657373c3a36e7370a12f");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet().raw_name, R"("hello")");
    EXPECT_EQ(packet->packet().args, "1,-1,127,128,255,256,65535,65536,4294967295,4294967296,-32,-33,-128,-129,-32768,"
                                     "-32769,-2147483648,-2147483649,1.5,true,false,null");
    EXPECT_EQ(args_of("ca3f000000"), "0.5");
    EXPECT_EQ(args_of("cb7ff8000000000000"), "null") << "NaN";
    EXPECT_EQ(args_of("cbfff0000000000000"), "null") << "-Infinity";
    EXPECT_EQ(args_of("cfffffffffffffffff"), "18446744073709551615");
    EXPECT_EQ(args_of("d38000000000000000"), "-9223372036854775808");
}

TEST(MsgpackDecoder, DropsUndefinedMembersAndNullsUndefinedItems) {
    auto packet =
        decode("85a47479706502a46461746192a361636b82a161d40000a16291d40000a76f7074696f6e7381a8636f6d7072657373"
               "c3a269640ca36e7370a52f63686174");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet().nsp, "/chat");
    EXPECT_EQ(packet->packet().ack_id, 12);
    EXPECT_EQ(packet->packet().args, R"({"b":[null]})");
    EXPECT_EQ(args_of("82a16101a162d40000"), R"({"a":1})");
    EXPECT_EQ(args_of("83a161d40000a16202a163d40000"), R"({"b":2})");
}

TEST(MsgpackDecoder, WritesDatesAsJavaScriptDoes) {
    auto packet =
        decode("83a47479706502a46461746194a464617465d7000000018bcfe5687bd700ffffffffffffffffd700001eb208c2dc00"
               "00a36e7370a12f");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet().args,
              R"("2023-11-14T22:13:20.123Z","1969-12-31T23:59:59.999Z","+275760-09-13T00:00:00.000Z")");
    EXPECT_EQ(args_of("d700ffe14df73d240000"), R"("-271821-04-20T00:00:00.000Z")");
    EXPECT_EQ(args_of("d700ffffc77590fba000"), R"("0000-01-01T00:00:00.000Z")");
    EXPECT_EQ(args_of("d700ffffc77590fb9fff"), R"("-000001-12-31T23:59:59.999Z")");
    EXPECT_EQ(args_of("d7007fffffffffffffff"), "null") << "an invalid Date";
}

TEST(MsgpackDecoder, WritesTimestampsOfOtherEncodersAsDates) {
    EXPECT_EQ(args_of("d6ff6553f100"), R"("2023-11-14T22:13:20.000Z")");
    EXPECT_EQ(args_of("d7ff1d53a3006553f100"), R"("2023-11-14T22:13:20.123Z")");
    EXPECT_EQ(args_of("c70cff3b8b87c0ffffffffffffffff"), R"("1969-12-31T23:59:59.999Z")");
    EXPECT_EQ(args_of("c70cff000000007fffffffffffffff"), "null");
}

TEST(MsgpackDecoder, PutsAPlaceholderForBinaryAnywhere) {
    auto packet = decode("83a47479706502a46461746193a362696ec40301020381a46465657092c7010004c70800000000000000"
                         "0000a36e7370a12f");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet().type, packet_type::binary_event);
    EXPECT_EQ(packet->packet().args, R"({"_placeholder":true,"num":0},)"
                                     R"({"deep":[{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]})");
    EXPECT_THAT(packet->attachments, ElementsAre("\1\2\3", "\4", std::string(8, '\0')));
    EXPECT_TRUE(packet->is_complete());
}

TEST(MsgpackDecoder, ReadsAcksWithAndWithoutBinary) {
    auto binary = decode("84a47479706503a46461746192a26f6bc400a26964cd012ca36e7370a12f");
    ASSERT_TRUE(binary);
    EXPECT_EQ(binary->packet().type, packet_type::binary_ack);
    EXPECT_EQ(binary->packet().ack_id, 300);
    EXPECT_EQ(binary->packet().args, R"("ok",{"_placeholder":true,"num":0})");
    EXPECT_THAT(binary->attachments, ElementsAre(""));
    auto empty = decode("84a47479706503a46461746190a2696400a36e7370a12f");
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->packet().type, packet_type::ack);
    EXPECT_EQ(empty->packet().args, "");
}

TEST(MsgpackDecoder, EscapesTextForJson) {
    auto packet = decode("83a47479706502a46461746193a66772c3bcc39fa7f09f988000225cd928787878787878787878787878787878787"
                         "87878787878787878787878787878787878787878787878a36e7370a12f");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet().raw_name, "\"grüß\"");
    EXPECT_EQ(packet->packet().args, R"("😀\u0000\"\\",")" + std::string(40, 'x') + '"');
}

TEST(MsgpackDecoder, TakesNilForWhatPythonLeavesOut) {
    EXPECT_TRUE(decode("83a47479706501a464617461c0a36e7370a12f")) << "DISCONNECT without data";
    auto event = decode("84a47479706502a46461746191a165a36e7370a12fa26964c0");
    ASSERT_TRUE(event);
    EXPECT_FALSE(event->packet().ack_id);
}

TEST(MsgpackDecoder, MakesIntegerKeysTextAndRefusesOtherKeys) {
    EXPECT_EQ(args_of("820501ff02"), R"({"5":1,"-1":2})");
    EXPECT_EQ(args_of("81c001"), "bad_msgpack");
    EXPECT_EQ(args_of("81a27801"), "bad_msgpack") << "a string of two bytes that is not there is no integer";
}

TEST(MsgpackDecoder, TakesTheLastOfEqualKeys) {
    auto packet = decode("84a47479706502a36e7370a12fa46461746191c401ffa46461746191a165");
    ASSERT_TRUE(packet);
    EXPECT_THAT(packet->attachments, IsEmpty());
    EXPECT_EQ(packet->packet().raw_name, R"("e")");
}

TEST(MsgpackDecoder, HoldsPacketsToTheRulesOfTheDefaultParser) {
    EXPECT_EQ(error_of(""), errc::empty_packet);
    EXPECT_EQ(error_of("83a47479706505a36e7370a12fa46461746191a165"), errc::unknown_type);
    EXPECT_EQ(error_of("82a36e7370a12fa46461746191a165"), errc::unknown_type) << "no type";
    EXPECT_EQ(error_of("83a47479706504a36e7370a12fa46461746180"), errc::not_for_clients);
    EXPECT_EQ(error_of("82a47479706502a46461746191a165"), errc::bad_payload) << "no nsp";
    EXPECT_EQ(error_of("83a47479706502a36e7370a16ea46461746191a165"), errc::bad_payload) << "nsp without a slash";
    EXPECT_EQ(error_of("83a47479706502a36e7370a32f2c61a46461746191a165"), errc::bad_payload) << "nsp with a comma";
    EXPECT_EQ(error_of("83a47479706500a36e7370a12fa464617461a161"), errc::bad_payload) << "CONNECT with a string";
    EXPECT_EQ(error_of("83a47479706500a36e7370a12fa464617461c0"), errc::bad_payload) << "CONNECT with nil";
    EXPECT_EQ(error_of("83a47479706500a36e7370a12fa46461746181a161c40100"), errc::bad_payload) << "binary in CONNECT";
    EXPECT_EQ(error_of("83a47479706501a36e7370a12fa46461746180"), errc::bad_payload) << "DISCONNECT with data";
    EXPECT_EQ(error_of("82a47479706502a36e7370a12f"), errc::bad_payload) << "EVENT without data";
    EXPECT_EQ(error_of(event_of("90")), errc::bad_payload);
    EXPECT_EQ(error_of(event_of("80")), errc::bad_payload);
    EXPECT_EQ(error_of(event_of("91c3")), errc::bad_event_name);
    EXPECT_EQ(error_of(event_of("91c40165")), errc::bad_event_name);
    EXPECT_EQ(error_of(event_of("91aa646973636f6e6e656374")), errc::bad_event_name) << "disconnect";
    EXPECT_EQ(error_of("83a47479706503a36e7370a12fa464617461a161"), errc::bad_payload) << "ACK with a string";
    EXPECT_EQ(error_of("84a47479706502a36e7370a12fa46461746191a165a26964ff"), errc::bad_ack_id) << "-1";
    EXPECT_EQ(error_of("84a47479706502a36e7370a12fa46461746191a165a26964a131"), errc::bad_ack_id) << "a string";
}

TEST(MsgpackDecoder, RefusesObjectsThatOnlyLookLikeAPlaceholder) {
    auto looks_like_one = [](std::string_view number) {
        return event_of("93a165c4010082ac5f706c616365686f6c646572c3a36e756d" + std::string{number});
    };
    EXPECT_EQ(error_of(looks_like_one("01")), errc::bad_placeholder);
    EXPECT_EQ(error_of(looks_like_one("00")), errc{}) << "it names an attachment that exists";
    EXPECT_EQ(error_of(event_of("92a16582ac5f706c616365686f6c646572c3a36e756d05")), errc{}) << "a text packet";
}

TEST(MsgpackDecoder, RefusesWhatIsNotMessagePack) {
    EXPECT_EQ(error_of("91a165"), errc::bad_msgpack) << "no map";
    EXPECT_EQ(error_of("c1"), errc::bad_msgpack);
    EXPECT_EQ(error_of(event_of("92a165c1")), errc::bad_msgpack) << "the byte that is never used";
    EXPECT_EQ(error_of(event_of("91a165") + "00"), errc::bad_msgpack) << "trailing byte";
    EXPECT_EQ(error_of(event_of("92a165a2c328")), errc::bad_msgpack) << "no UTF-8";
    EXPECT_EQ(error_of(event_of("92a165a3eda080")), errc::bad_msgpack) << "a surrogate";
    EXPECT_EQ(error_of(event_of("92a165d50000ff")), errc::bad_msgpack) << "fixext 2 of type 0";
    EXPECT_EQ(error_of(event_of("92a165d405ff")), errc::bad_msgpack) << "an extension that nobody defined";
    auto whole = from_hex(event_of("95a165c4020102cb3ff8000000000000d700000000000000000081a16161"));
    for (std::size_t size = 1; size < whole.size(); ++size)
        EXPECT_FALSE(decode_msgpack(std::string_view{whole}.substr(0, size), {})) << "cut behind " << size;
}

TEST(MsgpackDecoder, AllocatesNothingOnTheWordOfALength) {
    EXPECT_EQ(error_of("dfffffffff"), errc::bad_msgpack);
    for (auto head : {"ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff00"})
        EXPECT_EQ(args_of(head), "bad_msgpack") << head;
}

TEST(MsgpackDecoder, StopsAtTheDepthLimit) {
    auto nested = [](std::size_t arrays) {
        std::string hex = "92a165";
        for (std::size_t i = 1; i < arrays; ++i)
            hex += "91";
        return event_of(hex + "c0");
    };
    EXPECT_EQ(error_of(nested(64)), errc{});
    EXPECT_EQ(error_of(nested(65)), errc::too_deep);
    EXPECT_EQ(error_of(nested(100'000)), errc::too_deep);
    EXPECT_EQ(error_of(nested(257), {.max_depth = 1000}), errc::too_deep) << "the most that can be asked for is 256";
    EXPECT_EQ(error_of(event_of("92a165c40100"), {.max_depth = 1}), errc::too_deep) << "a placeholder is an object";
}

TEST(MsgpackDecoder, CountsTextAndAttachmentsAgainstOneLimit) {
    decode_limits limits{.max_binary_bytes = 100};
    EXPECT_EQ(error_of(event_of("92a165c41c" + std::string(56, '0')), limits), errc{});
    EXPECT_EQ(error_of(event_of("92a165c445" + std::string(138, '0')), limits), errc::too_large);
    EXPECT_EQ(error_of(event_of("95a165c400c400c400c400"), limits), errc::too_large) << "empty ones are not free";
    std::string nulls(2 * 60, '0');
    for (std::size_t i = 0; i < nulls.size(); i += 2)
        nulls[i] = 'c';
    EXPECT_EQ(error_of(event_of("92a165dc003c" + nulls), limits), errc::too_large) << "nil is longer in JSON";
}

TEST(MsgpackEncoder, WritesConnectAndDisconnectAsTheOfficialParserDoes) {
    std::string out;
    append_msgpack_connect(out, "/", "abcdefghijklmnopqrst");
    EXPECT_EQ(to_hex(out), "83a47479706500a36e7370a12fa46461746181a3736964b46162636465666768696a6b6c6d6e6f7071727374");
    out.clear();
    append_msgpack_connect(out, "/n", "s", "p");
    EXPECT_EQ(to_hex(out), "83a47479706500a36e7370a22f6ea46461746182a3736964a173a3706964a170");
    out.clear();
    append_msgpack_disconnect(out, "/");
    EXPECT_EQ(to_hex(out), "82a47479706501a36e7370a12f");
}

TEST(MsgpackEncoder, WritesConnectErrorsAsTheOfficialParserDoes) {
    std::string out;
    append_msgpack_connect_error(out, "/n", "no", R"({"code": 7})");
    EXPECT_EQ(to_hex(out), "83a47479706504a36e7370a22f6ea46461746182a76d657373616765a26e6fa46461746181a4636f646507");
    out.clear();
    append_msgpack_connect_error(out, "/", "no");
    EXPECT_EQ(to_hex(out), "83a47479706504a36e7370a12fa46461746181a76d657373616765a26e6f");
}

TEST(MsgpackEncoder, WritesEventsAndAcksAsTheOfficialParserDoes) {
    std::string out;
    std::vector<std::string> attachments{"\x09"};
    append_msgpack_event(out, "/", "m", R"({"a":[1, 2.5,"x",null,true]},{"num":0,"_placeholder":true})", 7,
                         attachments);
    EXPECT_EQ(to_hex(out),
              "84a47479706502a36e7370a12fa46461746193a16d81a1619501cb4004000000000000a178c0c3c40109a2696407");
    out.clear();
    append_msgpack_ack(out, "/n", 70'000, "1e3,-0,\"" + std::string(33, 'a') + '"');
    EXPECT_EQ(to_hex(out),
              "84a47479706503a36e7370a22f6ea46461746193cd03e800d921616161616161616161616161616161616161616161"
              "616161616161616161616161a26964ce00011170");
    out.clear();
    append_msgpack_event(out, "/", "m", "");
    EXPECT_EQ(to_hex(out), "83a47479706502a36e7370a12fa46461746191a16d");
}
