#include "unit/websocket/client_side.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace ringback::websocket;
using namespace ringback::websocket::test;
using namespace std::string_literals;

namespace {

struct rule {
    std::string_view name;
    std::string bytes;
    events expected;
    decoder_config config = {};
};

void check(std::vector<rule> const& table) {
    for (auto const& [name, bytes, expected, config] : table) {
        SCOPED_TRACE(name);
        expect_events(bytes, expected, config);
    }
}

std::string const hello = client_frame(text, "hello");

} // namespace

TEST(DecoderRules, ShowsWholeMessagesAndControlFrames) {
    check({
        {"text", hello, {"text hello"}},
        {"empty text", client_frame(text, ""), {"text "}},
        {"binary", client_frame(binary, "\0\xff\x80"s), {"binary \0\xff\x80"s}},
        {"empty binary", client_frame(binary, ""), {"binary "}},
        {"ping", client_frame(ping, "are you there"), {"ping are you there"}},
        {"empty ping", client_frame(ping, ""), {"ping "}},
        {"largest ping", client_frame(ping, std::string(125, 'p')), {"ping " + std::string(125, 'p')}},
        {"pong nobody asked for", client_frame(pong, "x"), {"pong x"}},
        {"mask of zeros", client_frame(text, "plain", {0, 0, 0, 0}), {"text plain"}},
        {"several in a row", hello + client_frame(ping, "") + hello, {"text hello", "ping ", "text hello"}},
    });
}

TEST(DecoderRules, ReadsEveryFormOfTheLength) {
    for (std::size_t size : {1, 125, 126, 127, 128, 300})
        expect_events(client_frame(binary, std::string(size, 'b')), {"binary " + std::string(size, 'b')});
    for (std::size_t size : {65535, 65536, 100'000}) {
        auto bytes = client_frame(text, std::string(size, 't'));
        events expected{"text " + std::string(size, 't')};
        EXPECT_EQ(decode(bytes), expected);
        EXPECT_EQ(decode_byte_by_byte(bytes), expected);
        for (std::size_t cut = 1; cut < 20; ++cut)
            EXPECT_EQ(decode_in_two(bytes, cut), expected) << cut;
    }
}

TEST(DecoderRules, RefusesFramesThatBreakTheProtocol) {
    std::vector<rule> table{
        {"no mask", "\x81\x05hello"s, {"failure 1002 frame not masked"}},
        {"empty and no mask", "\x81\0"s, {"failure 1002 frame not masked"}},
        {"no mask on a ping", "\x89\0"s, {"failure 1002 frame not masked"}},
        {"fragmented ping", client_frame(0x09, "x"), {"failure 1002 fragmented control frame"}},
        {"fragmented pong", client_frame(0x0a, "x"), {"failure 1002 fragmented control frame"}},
        {"fragmented close", client_frame(0x08, ""), {"failure 1002 fragmented control frame"}},
        {"ping of 126", client_frame(ping, std::string(126, 'p')), {"failure 1002 control frame too long"}},
        {"pong of 65536",
         client_frame(pong, std::string(65536, 'p')).substr(0, 20),
         {"failure 1002 control frame too long"}},
        {"close of 126", client_frame(closing, std::string(126, 'p')), {"failure 1002 control frame too long"}},
        {"16-bit length of 125", "\x82\xfe\0\x7d"s, {"failure 1002 bad length encoding"}},
        {"16-bit length of 0", "\x82\xfe\0\0"s, {"failure 1002 bad length encoding"}},
        {"64-bit length of 65535", "\x82\xff\0\0\0\0\0\0\xff\xff"s, {"failure 1002 bad length encoding"}},
        {"64-bit length of 1", "\x82\xff\0\0\0\0\0\0\0\1"s, {"failure 1002 bad length encoding"}},
        {"top bit of the length", "\x82\xff\x80\0\0\0\0\1\0\0"s, {"failure 1002 bad length encoding"}},
        {"continuation first", client_frame(last, "x"), {"failure 1002 continuation without a message"}},
        {"unfinished continuation first", client_frame(more, ""), {"failure 1002 continuation without a message"}},
        {"continuation after a whole message",
         hello + client_frame(last, "x"),
         {"text hello", "failure 1002 continuation without a message"}},
        {"text inside of a message",
         client_frame(text_more, "a") + hello,
         {"failure 1002 new message before the end of the last"}},
        {"binary inside of a text",
         client_frame(text_more, "") + client_frame(binary_more, ""),
         {"failure 1002 new message before the end of the last"}},
    };
    for (int reserved : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        table.push_back({"opcode", client_frame(0x80 | reserved, "x"), {"failure 1002 reserved opcode"}});
    for (int rsv : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70})
        for (int first : {text, binary, ping, closing, text_more})
            table.push_back({"rsv", client_frame(first | rsv, ""), {"failure 1002 reserved bits set"}});
    check(table);
}

TEST(DecoderRules, JudgesHeadersByTheFirstByteThatDecides) {
    EXPECT_EQ(decode("\x83"s), events{"failure 1002 reserved opcode"});
    EXPECT_EQ(decode("\x91"s), events{"failure 1002 reserved bits set"});
    EXPECT_EQ(decode("\x80"s), events{"failure 1002 continuation without a message"});
    EXPECT_EQ(decode("\x81\x05"s), events{"failure 1002 frame not masked"});
    EXPECT_EQ(decode("\x89\xfe"s), events{"failure 1002 control frame too long"});
    EXPECT_EQ(decode("\x88\x81"s), events{"failure 1002 bad close frame"});
}

TEST(DecoderRules, SaysNothingMoreAfterAFailureOrAClose) {
    check({
        {"failure", "\x83"s + hello + hello, {"failure 1002 reserved opcode"}},
        {"close", close_frame(1000, "bye") + hello + close_frame(1001), {"close 1000 bye"}},
    });
}

TEST(DecoderRules, ReadsCloseFrames) {
    check({
        {"no body", client_frame(closing, ""), {"close 1005 "}},
        {"code alone", close_frame(1000), {"close 1000 "}},
        {"reason", close_frame(1001, "na dann, tsch\xc3\xbc\xc3\x9f"), {"close 1001 na dann, tsch\xc3\xbc\xc3\x9f"}},
        {"longest reason", close_frame(4999, std::string(123, 'r')), {"close 4999 " + std::string(123, 'r')}},
        {"one byte", client_frame(closing, "\x03"), {"failure 1002 bad close frame"}},
        {"bad reason", close_frame(1000, "\xc3("), {"failure 1007 invalid UTF-8"}},
        {"reason ends in a code point", close_frame(1000, "\xe2\x82"), {"failure 1007 invalid UTF-8"}},
        {"inside of a message", client_frame(text_more, "a") + close_frame(1000), {"close 1000 "}},
    });
}

TEST(DecoderRules, TakesOnlyCloseCodesThatMayBeSent) {
    for (int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
        expect_events(close_frame(code), {"close " + std::to_string(code) + " "});
    for (int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
        expect_events(close_frame(code), {"failure 1002 bad close frame"});
}

TEST(DecoderRules, LimitsAMessageByTheSumOfItsFragments) {
    decoder_config ten{.max_message_bytes = 10};
    check({
        {"at the limit", client_frame(text, "0123456789"), {"text 0123456789"}, ten},
        {"over", client_frame(text, "0123456789a"), {"failure 1009 message too big"}, ten},
        {"fragments at the limit",
         client_frame(text_more, "01234") + client_frame(last, "56789"),
         {"text 0123456789"},
         ten},
        {"fragments over",
         client_frame(text_more, "01234") + client_frame(last, "56789a"),
         {"failure 1009 message too big"},
         ten},
        {"each message anew",
         client_frame(text, "0123456789") + client_frame(text, "0123456789"),
         {"text 0123456789", "text 0123456789"},
         ten},
        {"fragments in vain", client_frame(text_more, "0123456789") + client_frame(last, ""), {"text 0123456789"}, ten},
        {"control frames do not count",
         client_frame(text_more, "0123456789") + client_frame(ping, "0123456789a") + client_frame(last, ""),
         {"ping 0123456789a", "text 0123456789"},
         ten},
        {"no room at all", client_frame(binary, ""), {"binary "}, {.max_message_bytes = 0}},
        {"2^63 - 1", "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s, {"failure 1009 message too big"}},
        {"2^63 - 1 after a fragment",
         client_frame(binary_more, "x") + "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s,
         {"failure 1009 message too big"}},
    });
}

TEST(DecoderRules, RefusesAnOversizedMessageByItsLengthFieldAlone) {
    EXPECT_EQ(decode("\x81\xfe\x03\xe9"s, {.max_message_bytes = 1000}), events{"failure 1009 message too big"});
    EXPECT_EQ(decode("\x81\xfe\x03\xe8"s, {.max_message_bytes = 1000}), events{});
    EXPECT_EQ(decode(client_frame(text_more, "abc") + "\x80\x83"s, {.max_message_bytes = 5}),
              events{"failure 1009 message too big"});
}

TEST(DecoderRules, LetsRsv1PassOnTheFirstFrameOfAMessageWhenAllowed) {
    decoder_config deflate{.allow_rsv1 = true};
    check({
        {"text", client_frame(text | rsv1, "z"), {"text+rsv1 z"}, deflate},
        {"bytes that are no UTF-8", client_frame(text | rsv1, "\xff\xc3"), {"text+rsv1 \xff\xc3"}, deflate},
        {"fragments", client_frame(binary_more | rsv1, "y") + client_frame(last, "z"), {"binary+rsv1 yz"}, deflate},
        {"the next message is plain", client_frame(text | rsv1, "z") + hello, {"text+rsv1 z", "text hello"}, deflate},
        {"plain text is checked",
         client_frame(text | rsv1, "\xff") + client_frame(text, "\xff"),
         {"text+rsv1 \xff", "failure 1007 invalid UTF-8"},
         deflate},
        {"continuation",
         client_frame(text_more | rsv1, "y") + client_frame(last | rsv1, "z"),
         {"failure 1002 reserved bits set"},
         deflate},
        {"control", client_frame(ping | rsv1, ""), {"failure 1002 reserved bits set"}, deflate},
        {"RSV2", client_frame(text | 0x20, ""), {"failure 1002 reserved bits set"}, deflate},
        {"RSV1 and RSV3", client_frame(text | rsv1 | 0x10, ""), {"failure 1002 reserved bits set"}, deflate},
    });
}
