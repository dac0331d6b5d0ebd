#include "unit/websocket/client_side.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace ringback::websocket;
using namespace ringback::websocket::test;
using namespace std::string_literals;

namespace {

std::string const kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"; // 5 code points, 11 bytes

/// `payload` as a text message of one frame per byte.
std::string byte_fragments(std::string const& payload) {
    std::string out = client_frame(text_more, "");
    for (char byte : payload)
        out += client_frame(more, {&byte, 1});
    return out + client_frame(last, "");
}

} // namespace

TEST(DecoderFragments, AreJoinedToOneMessage) {
    expect_events(client_frame(text_more, "fragment1") + client_frame(last, "fragment2"), {"text fragment1fragment2"});
    expect_events(client_frame(binary_more, "a") + client_frame(more, "b") + client_frame(more, "c") +
                      client_frame(last, "d"),
                  {"binary abcd"});
    expect_events(client_frame(text_more, "") + client_frame(more, "") + client_frame(last, ""), {"text "});
    expect_events(client_frame(text_more, "") + client_frame(more, "middle") + client_frame(last, ""), {"text middle"});
    expect_events(client_frame(text_more, "") + client_frame(last, "end"), {"text end"});
}

TEST(DecoderFragments, LetControlFramesThroughInBetween) {
    expect_events(client_frame(text_more, "one ") + client_frame(ping, "p1") + client_frame(more, "two ") +
                      client_frame(pong, "") + client_frame(ping, "p2") + client_frame(last, "three") +
                      client_frame(ping, "p3"),
                  {"ping p1", "pong ", "ping p2", "text one two three", "ping p3"});
    expect_events(client_frame(text_more, "") + client_frame(ping, "first") + client_frame(last, "x"),
                  {"ping first", "text x"});
}

TEST(DecoderFragments, KeepEachFramesOwnMask) {
    expect_events(client_frame(text_more, "one", {1, 2, 3, 4}) + client_frame(ping, "ping", {9, 9, 9, 9}) +
                      client_frame(last, "two", {5, 6, 7, 8}),
                  {"ping ping", "text onetwo"});
}

TEST(DecoderFragments, OfAMessageDoNotTouchTheNextOne) {
    auto message = client_frame(text_more, "a") + client_frame(last, "b");
    expect_events(message + message + client_frame(binary, "c") + message,
                  {"text ab", "text ab", "binary c", "text ab"});
}

TEST(DecoderUtf8, IsValidAcrossFragmentsCutInsideOfCodePoints) {
    expect_events(client_frame(text, kosme), {"text " + kosme});
    for (std::size_t cut = 0; cut <= kosme.size(); ++cut)
        expect_events(client_frame(text_more, kosme.substr(0, cut)) + client_frame(ping, "") +
                          client_frame(last, kosme.substr(cut)),
                      {"ping ", "text " + kosme});
    EXPECT_EQ(decode(byte_fragments(kosme)), events{"text " + kosme});
    EXPECT_EQ(decode_byte_by_byte(byte_fragments(kosme)), events{"text " + kosme});
}

TEST(DecoderUtf8, RefusesInvalidTextHoweverItIsCut) {
    for (auto const& bad : {"\x80"s, "\xbf"s, "\xc0\xaf"s, "\xc1\xbf"s, "\xe0\x80\xaf"s, "\xf0\x80\x80\xaf"s,
                            "\xf8\x88\x80\x80\x80"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf4\x90\x80\x80"s, "\xfe"s,
                            "\xff"s, "\xce"s, "\xe1\xbd"s, "\xf0\x9f\x93"s, "\xc3("s, "\xe2\x82("s}) {
        for (auto const& payload : {bad, kosme + bad, "0123456789abcdef" + bad}) {
            expect_events(client_frame(text, payload) + client_frame(ping, ""), {"failure 1007 invalid UTF-8"});
            EXPECT_EQ(decode(byte_fragments(payload)), events{"failure 1007 invalid UTF-8"});
        }
        expect_events(client_frame(binary, bad), {"binary " + bad});
    }
}

TEST(DecoderUtf8, IsRefusedWithTheFirstByteThatCannotBe) {
    // Never finished frames of 100 bytes: the verdict must not wait for the rest.
    struct early {
        std::string good, bad;
    };
    for (auto const& [good, bad] : std::vector<early>{{"", "\x80"},
                                                      {kosme, "\xff"},
                                                      {kosme + "\xf4", "\x90"},
                                                      {kosme + "\xed", "\xa0"},
                                                      {"\xe0", "\x9f"},
                                                      {"abc\xe2\x82", "("}}) {
        auto frame = client_frame(text, good + bad + std::string(100 - good.size() - bad.size(), 'x'));
        auto header = frame.size() - 100;
        EXPECT_EQ(decode(std::string_view{frame}.substr(0, header + good.size())), events{});
        EXPECT_EQ(decode(std::string_view{frame}.substr(0, header + good.size() + 1)),
                  events{"failure 1007 invalid UTF-8"});
    }
    EXPECT_EQ(decode(client_frame(text_more, kosme + "\xff")), events{"failure 1007 invalid UTF-8"});
}

TEST(DecoderUtf8, StartsAnewWithEachMessage) {
    expect_events(client_frame(binary_more, "\xe2\x82") + client_frame(last, "\xff") + client_frame(text, kosme),
                  {"binary \xe2\x82\xff", "text " + kosme});
}
