#include "unit/websocket/client_side.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

using namespace ringback::websocket;
using namespace ringback::websocket::test;

// The whole test program counts its heap blocks, so that "no allocation" is a fact and not a reading of the code. Other
// tests of it have threads.
namespace {
std::atomic<std::size_t> blocks_made = 0;
std::atomic<std::size_t> blocks_alive = 0;
} // namespace

void* operator new(std::size_t size) {
    void* block = std::malloc(size == 0 ? 1 : size);
    if (block == nullptr) throw std::bad_alloc{};
    ++blocks_made;
    ++blocks_alive;
    return block;
}
void operator delete(void* block) noexcept {
    if (block != nullptr) --blocks_alive;
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace {

std::string const long_text = client_frame(text, std::string(1000, 't'));

/// Like test::read, without an allocation of its own.
std::size_t feed(decoder& d, std::string& bytes, std::size_t from, std::size_t to) {
    std::span<char> in{bytes.data() + from, to - from};
    std::size_t found = 0;
    while (d.next(in).kind != event_kind::need_input)
        ++found;
    return found;
}

} // namespace

TEST(DecoderMemory, WholeMessagesInOneReadAreShownInPlaceWithoutAllocation) {
    auto bytes = long_text + client_frame(ping, std::string(100, 'p')) + client_frame(binary, std::string(70'000, 'b'));
    decoder d;
    std::span<char> in = bytes;
    std::size_t const before = blocks_made;
    for (auto kind : {event_kind::text, event_kind::ping, event_kind::binary}) {
        auto e = d.next(in);
        EXPECT_EQ(e.kind, kind);
        EXPECT_GE(e.payload.data(), bytes.data());
        EXPECT_LE(e.payload.data() + e.payload.size(), bytes.data() + bytes.size());
    }
    EXPECT_EQ(blocks_made.load(), before);
}

TEST(DecoderMemory, IsGivenBackOnceAPartialMessageWasConsumed) {
    auto fragments = client_frame(text_more, std::string(500, 'a')) + client_frame(last, std::string(500, 'b'));
    auto after_control = client_frame(text_more, "") + client_frame(ping, std::string(100, 'p'));
    for (auto const& bytes :
         {long_text, fragments, after_control, client_frame(closing, "\x03\xe8" + std::string(100, 'r'))}) {
        for (std::size_t cut = 1; cut < bytes.size(); cut += 7) {
            auto copy = bytes;
            decoder d;
            std::size_t const before = blocks_alive;
            EXPECT_EQ(feed(d, copy, 0, cut) + feed(d, copy, cut, copy.size()), 1u);
            EXPECT_EQ(blocks_alive.load(), before) << cut;
        }
    }
}

TEST(DecoderMemory, IsGivenBackByAFailure) {
    auto bytes = client_frame(text_more, std::string(1000, 't')) + client_frame(text, "");
    decoder d;
    std::size_t const before = blocks_alive;
    EXPECT_EQ(feed(d, bytes, 0, bytes.size()), 1u);
    EXPECT_EQ(blocks_alive.load(), before);
}

TEST(DecoderMemory, IsNotTakenForALengthThatIsOnlyAnnounced) {
    auto bytes = client_frame(binary, std::string(900'000, 'b'));
    decoder d;
    std::size_t const before = blocks_made;
    EXPECT_EQ(feed(d, bytes, 0, 14), 0u);
    EXPECT_EQ(blocks_made.load(), before);
}

TEST(DecoderMemory, OfAMessageThatAReadCutIsOneBlock) {
    auto bytes = long_text;
    decoder d;
    std::size_t const before = blocks_made;
    EXPECT_EQ(feed(d, bytes, 0, 30) + feed(d, bytes, 30, 500) + feed(d, bytes, 500, bytes.size()), 1u);
    EXPECT_EQ(blocks_made.load(), before + 1);
}

TEST(DecoderMemory, FollowsAMoveInTheMiddleOfAMessage) {
    auto bytes = long_text;
    decoder first;
    EXPECT_EQ(feed(first, bytes, 0, 500), 0u);
    decoder second = std::move(first);
    std::span<char> in{bytes.data() + 500, bytes.size() - 500};
    EXPECT_EQ(to_words(second.next(in)), "text " + std::string(1000, 't'));
}
