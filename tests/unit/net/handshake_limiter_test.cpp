#include "net/handshake_limiter.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <vector>

namespace ringback::net {
namespace {

using namespace std::chrono_literals;

constexpr mono_time t0{1h};

TEST(HandshakeLimiter, LetsEverybodyInWithoutLimits) {
    handshake_limiter limiter{{}};
    std::vector<handshake_limiter::ticket> tickets;
    for (int i = 0; i < 10'000; ++i)
        tickets.push_back(limiter.admit(t0).value());
    EXPECT_EQ(limiter.in_flight(), 10'000u);
    tickets.clear();
    EXPECT_EQ(limiter.in_flight(), 0u);
}

TEST(HandshakeLimiter, AHandshakeThatEndsMakesRoomForAnother) {
    handshake_limiter limiter{{.in_flight = 2}};
    auto one = limiter.admit(t0), two = limiter.admit(t0);
    ASSERT_TRUE(one && two);
    EXPECT_FALSE(limiter.admit(t0));
    EXPECT_EQ(limiter.in_flight(), 2u) << "who is refused does not count";
    one->opened();
    one->opened();
    EXPECT_TRUE(limiter.admit(t0));
    EXPECT_EQ(limiter.refused_in_flight(), 1u);
    EXPECT_EQ(limiter.refused_rate(), 0u);
}

TEST(HandshakeLimiter, ASessionTakesUpRoomUntilItEnds) {
    handshake_limiter limiter{{.open = 2}};
    std::optional one{limiter.admit(t0).value()}, two{limiter.admit(t0).value()};
    one->opened();
    EXPECT_FALSE(limiter.admit(t0)) << "its handshake is over, it is not";
    EXPECT_EQ(limiter.refused_open(), 1u);
    one.reset();
    EXPECT_TRUE(limiter.admit(t0));
}

TEST(HandshakeLimiter, ASecondsWorthMayComeAtOnceAndThenAtTheRate) {
    handshake_limiter limiter{{.per_second = 100}};
    auto let_in = [&](mono_time at, int asked) {
        int n = 0;
        for (int i = 0; i < asked; ++i)
            n += limiter.admit(at).has_value();
        return n;
    };
    EXPECT_EQ(let_in(t0, 500), 100);
    EXPECT_EQ(let_in(t0 + 9ms, 500), 0);
    EXPECT_EQ(let_in(t0 + 10ms, 500), 1);
    EXPECT_EQ(let_in(t0 + 510ms, 500), 50);
    EXPECT_EQ(let_in(t0 + 1h, 500), 100) << "idle time is not saved up";
    EXPECT_EQ(limiter.refused_rate(), 2500u - 251u);
}

TEST(HandshakeLimiter, SpreadsTheTimesToComeBackAt) {
    handshake_limiter limiter{{.per_second = 1, .retry_spread = 4s}};
    (void)limiter.admit(t0);
    std::multiset<std::chrono::seconds> hints;
    for (int i = 0; i < 8; ++i)
        hints.insert(limiter.admit(t0).error());
    for (auto hint : {1s, 2s, 3s, 4s})
        EXPECT_EQ(hints.count(hint), 2u) << hint.count();
}

} // namespace
} // namespace ringback::net
