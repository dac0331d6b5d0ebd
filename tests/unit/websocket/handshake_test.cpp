#include "websocket/handshake.hpp"

#include <gtest/gtest.h>

#include <string_view>

using namespace ringback::websocket;

TEST(Handshake, AnswersTheKeyOfRfc6455) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, TakesOnlyKeysOf16Bytes) {
    EXPECT_TRUE(is_valid_key("dGhlIHNhbXBsZSBub25jZQ=="));
    EXPECT_TRUE(is_valid_key("AAAAAAAAAAAAAAAAAAAAAA=="));
    for (std::string_view key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ",
                                 "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25jZWFi",
                                 "dGhlIHNhbXBsZSBub25j!!==", "dGhlIHNhbXBsZSBub25jZQ==x"})
        EXPECT_FALSE(is_valid_key(key)) << key;
}

TEST(Handshake, SpeaksVersion13Only) {
    EXPECT_TRUE(is_supported_version("13"));
    for (std::string_view version : {"", "8", "013", "13, 8", " 13"})
        EXPECT_FALSE(is_supported_version(version)) << version;
}

TEST(Handshake, PicksTheFirstProtocolOffered) {
    EXPECT_EQ(first_protocol("chat"), "chat");
    EXPECT_EQ(first_protocol("chat, superchat"), "chat");
    EXPECT_EQ(first_protocol("  v1.call ,chat"), "v1.call");
    EXPECT_EQ(first_protocol(", ,\tchat\t, x"), "chat");
    EXPECT_EQ(first_protocol(""), "");
    EXPECT_EQ(first_protocol(" , ,"), "");
}

TEST(Handshake, NeverEchoesAProtocolThatIsNoToken) {
    for (std::string_view offered : {"two words", "a\"b", "a;q=1", "caf\xc3\xa9, chat", "a\x01"})
        EXPECT_EQ(first_protocol(offered), "") << offered;
}
