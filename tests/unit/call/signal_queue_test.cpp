#include "call/burst_limit.hpp"
#include "call/media_state.hpp"
#include "call/signal_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

using namespace ringback;
using namespace ringback::call;
using namespace std::chrono_literals;

namespace {

std::vector<std::uint64_t> numbers(std::vector<peer_signal> const& signals) {
    std::vector<std::uint64_t> out;
    for (auto const& s : signals)
        out.push_back(s.number);
    return out;
}

} // namespace

TEST(SignalQueue, GivesInTheOrderOfTheNumbersHoweverTheyCame) {
    signal_queue q;
    for (std::uint64_t n : {3u, 1u, 4u, 2u})
        q.keep({n, "webrtc:offer", "{}"});
    EXPECT_THAT(numbers(q.take()), testing::ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(q.size(), 0u);
}

TEST(SignalQueue, Beyond256EventsTheOldestGoAndThatIsKnown) {
    signal_queue q;
    for (std::uint64_t n = 1; n <= 256; ++n)
        q.keep({n, "webrtc:offer", "{}"});
    EXPECT_FALSE(q.has_lost());
    q.keep({257, "webrtc:offer", "{}"});
    EXPECT_TRUE(q.has_lost());
    auto left = numbers(q.take());
    EXPECT_EQ(left.front(), 2u);
    EXPECT_EQ(left.size(), 256u);
    EXPECT_FALSE(q.has_lost()) << "as new";
}

TEST(SignalQueue, Beyond256KiBTheOldestGo) {
    signal_queue q;
    for (std::uint64_t n = 1; n <= 5; ++n)
        q.keep({n, "webrtc:offer", std::string(64 * 1024, 'x')});
    EXPECT_TRUE(q.has_lost());
    EXPECT_THAT(numbers(q.take()), testing::ElementsAre(2, 3, 4, 5));
}

TEST(BurstLimit, LetsABurstThroughAndThenARate) {
    burst_limit limit;
    mono_time now{1h};
    for (int i = 0; i < 256; ++i)
        EXPECT_TRUE(limit.take(50, now));
    EXPECT_FALSE(limit.take(50, now));
    EXPECT_TRUE(limit.take(50, now + 20ms));
    EXPECT_FALSE(limit.take(50, now + 20ms));
    for (int i = 0; i < 256; ++i)
        EXPECT_TRUE(limit.take(50, now + 1h));
    EXPECT_FALSE(limit.take(50, now + 1h)) << "a burst is never longer";
}

TEST(BurstLimit, ARateOfZeroIsNoLimit) {
    burst_limit limit;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(limit.take(0, mono_time{}));
}

TEST(MediaState, EachControlChangesItsOwnPart) {
    media_state m;
    for (auto c : {media_control::mute, media_control::video_off, media_control::hold})
        apply(c, m);
    EXPECT_EQ(m, (media_state{true, true, true}));
    for (auto c : {media_control::unmute, media_control::video_on, media_control::resume})
        apply(c, m);
    EXPECT_EQ(m, media_state{});
}
