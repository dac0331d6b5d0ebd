#include "unit/websocket/client_side.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace ringback::websocket;
using namespace ringback::websocket::test;

namespace {

class conversation {
public:
    explicit conversation(std::uint32_t seed) : random_{seed} {
        for (std::size_t n = 1 + below(12); n > 0; --n)
            add_message();
        if (below(2) == 0) {
            bytes += close_frame(1000, "end");
            expected.push_back("close 1000 end");
        }
    }

    std::string bytes;
    events expected;

    events decode_in_random_reads() {
        decoder d;
        events out;
        std::size_t longest = std::size_t{1} << below(12);
        for (std::size_t at = 0; at < bytes.size();) {
            auto size = std::min(1 + below(longest), bytes.size() - at);
            read(d, std::string_view{bytes}.substr(at, size), out);
            at += size;
        }
        return out;
    }

private:
    std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_); }

    masking_key key() {
        masking_key out;
        std::ranges::generate(out, [this] { return static_cast<std::uint8_t>(below(256)); });
        return out;
    }

    std::string random_text() {
        static constexpr std::string_view pieces[] = {
            "a", "plain ascii words, ", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\x9e", "0"};
        std::string out;
        for (std::size_t n = below(below(8) == 0 ? 400 : 20); n > 0; --n)
            out += pieces[below(std::size(pieces))];
        return out;
    }

    std::string random_bytes(std::size_t bound) {
        std::string out(below(bound), '\0');
        std::ranges::generate(out, [this] { return static_cast<char>(below(256)); });
        return out;
    }

    void add_control() {
        auto payload = random_bytes(126);
        bool is_ping = below(2) == 0;
        bytes += client_frame(is_ping ? ping : pong, payload, key());
        expected.push_back((is_ping ? "ping " : "pong ") + payload);
    }

    void add_message() {
        bool is_text = below(2) == 0;
        auto payload = is_text ? random_text() : random_bytes(below(8) == 0 ? 70'000 : 300);
        std::string_view rest = payload;
        int first = is_text ? text_more : binary_more;
        for (std::size_t fragments = below(3) == 0 ? below(5) : 0; fragments > 0; --fragments) {
            auto size = below(rest.size() + 1);
            bytes += client_frame(first, rest.substr(0, size), key());
            rest.remove_prefix(size);
            first = more;
            if (below(3) == 0) add_control();
        }
        bytes += client_frame(first | 0x80, rest, key());
        expected.push_back((is_text ? "text " : "binary ") + payload);
        if (below(4) == 0) add_control();
    }

    std::mt19937 random_;
};

} // namespace

TEST(DecoderProperty, RandomMessagesInRandomReadsComeOutAsTheyWereSent) {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        conversation talk{seed};
        ASSERT_EQ(decode(talk.bytes), talk.expected) << seed;
        for (int round = 0; round < 3; ++round)
            ASSERT_EQ(talk.decode_in_random_reads(), talk.expected) << seed;
    }
}

TEST(DecoderProperty, RandomBytesGiveTheSameEventsInAnyReads) {
    std::mt19937 random{7};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(1 + random() % 60, '\0');
        std::ranges::generate(bytes, [&] { return static_cast<char>(random()); });
        // A plausible start lets more of them pass the first byte.
        bytes[0] = static_cast<char>(0x80 | (random() % 3));
        if (bytes.size() > 1) bytes[1] = static_cast<char>(0x80 | (random() % 8));
        expect_events(bytes, decode(bytes));
    }
}
