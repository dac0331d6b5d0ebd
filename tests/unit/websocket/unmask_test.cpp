#include "websocket/unmask.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace ringback::websocket;

namespace {

std::string masked(std::string plain, masking_key key) {
    for (std::size_t i = 0; i < plain.size(); ++i)
        plain[i] = static_cast<char>(static_cast<unsigned char>(plain[i]) ^ key[i % 4]);
    return plain;
}

} // namespace

TEST(Unmask, RestoresEveryLengthAtEveryAlignment) {
    std::mt19937 random{3};
    for (std::size_t size = 0; size < 70; ++size) {
        for (std::size_t offset = 0; offset < 8; ++offset) {
            masking_key key;
            std::ranges::generate(key, [&] { return static_cast<std::uint8_t>(random()); });
            std::string plain(size, '\0');
            std::ranges::generate(plain, [&] { return static_cast<char>(random()); });
            auto bytes = std::string(offset, '#') + masked(plain, key) + "#";
            unmask({bytes.data() + offset, size}, key);
            EXPECT_EQ(bytes, std::string(offset, '#') + plain + "#");
        }
    }
}

TEST(Unmask, SeesABytePast127AtEveryPlace) {
    masking_key const key{0x80, 0xff, 0x01, 0x7f};
    for (std::size_t size = 0; size < 40; ++size) {
        auto ascii = masked(std::string(size, 'a'), key);
        EXPECT_TRUE(unmask(ascii, key));
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'a');
            text[at] = '\xc3';
            auto bytes = masked(text, key);
            EXPECT_FALSE(unmask(bytes, key)) << at << " of " << size;
        }
    }
}

TEST(Unmask, GoesOnWithTheAdvancedKey) {
    masking_key const key{1, 2, 3, 4};
    std::string const plain = "a payload that came in two reads";
    for (std::size_t cut = 0; cut <= plain.size(); ++cut) {
        auto bytes = masked(plain, key);
        unmask({bytes.data(), cut}, key);
        unmask({bytes.data() + cut, bytes.size() - cut}, advance(key, cut));
        EXPECT_EQ(bytes, plain);
    }
}
