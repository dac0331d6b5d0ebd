#include "websocket/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace ringback::websocket;

namespace {

/// A second opinion, by arithmetic: decodes each code point and looks at its value.
bool reference_is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        auto lead = static_cast<std::uint8_t>(text[i++]);
        int more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : -1;
        if (more < 0 || text.size() - i < static_cast<std::size_t>(more)) return false;
        std::uint32_t value = more == 0 ? lead : lead & (0x3fu >> more);
        for (int k = 0; k < more; ++k) {
            auto byte = static_cast<std::uint8_t>(text[i++]);
            if (byte >> 6 != 2) return false;
            value = value << 6 | (byte & 0x3f);
        }
        std::uint32_t const smallest[] = {0, 0x80, 0x800, 0x10000};
        if (value < smallest[more] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return false;
    }
    return true;
}

std::vector<std::uint8_t> const telling_bytes{0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
                                              0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff};

} // namespace

TEST(Utf8, AgreesWithTheArithmeticOnEveryLeadByte) {
    for (int lead = 0; lead < 256; ++lead)
        for (auto b : telling_bytes)
            for (auto c : telling_bytes)
                for (auto d : telling_bytes) {
                    char const bytes[] = {static_cast<char>(lead), static_cast<char>(b), static_cast<char>(c),
                                          static_cast<char>(d)};
                    for (std::size_t size = 1; size <= 4; ++size) {
                        std::string_view text{bytes, size};
                        ASSERT_EQ(is_utf8(text), reference_is_utf8(text))
                            << lead << ' ' << +b << ' ' << +c << ' ' << +d << ' ' << size;
                    }
                }
}

TEST(Utf8, AgreesWithTheArithmeticOnEveryPairOfBytes) {
    for (int pair = 0; pair < 65536; ++pair) {
        char const bytes[] = {static_cast<char>(pair >> 8), static_cast<char>(pair & 0xff)};
        ASSERT_EQ(is_utf8({bytes, 2}), reference_is_utf8({bytes, 2})) << pair;
    }
}

TEST(Utf8, FindsABadByteAtEveryPlaceOfALongText) {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string text(size, 'a');
        EXPECT_TRUE(is_utf8(text));
        for (std::size_t at = 0; at < size; ++at) {
            auto bad = text;
            bad[at] = '\x80';
            EXPECT_FALSE(is_utf8(bad)) << at << " of " << size;
        }
    }
}

TEST(Utf8, MayBeCutAnywhere) {
    std::string const text = "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e and more plain text \xf4\x8f\xbf\xbf";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        utf8_validator validator;
        EXPECT_TRUE(validator.feed(std::string_view{text}.substr(0, cut)));
        EXPECT_EQ(validator.complete(), reference_is_utf8(std::string_view{text}.substr(0, cut)));
        EXPECT_TRUE(validator.feed(std::string_view{text}.substr(cut)));
        EXPECT_TRUE(validator.complete());
    }
}

TEST(Utf8, StaysRefusedUntilReset) {
    utf8_validator validator;
    EXPECT_FALSE(validator.feed("\xff"));
    EXPECT_FALSE(validator.feed("a"));
    EXPECT_FALSE(validator.feed("\x80"));
    EXPECT_FALSE(validator.feed(""));
    EXPECT_FALSE(validator.complete());
    validator.reset();
    EXPECT_TRUE(validator.feed("a"));
    EXPECT_TRUE(validator.complete());
}
