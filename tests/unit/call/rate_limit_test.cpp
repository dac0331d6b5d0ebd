#include "call/rate_limit.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace ringback;
using namespace ringback::call;
using namespace std::chrono_literals;

namespace {
constexpr mono_time t0{1000s};
}

TEST(RateLimit, AdmitsTheLimitWithinASlidingMinute) {
    rate_limiter l{100};
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(l.take("ann", 5, t0 + i * 10s));
    EXPECT_FALSE(l.take("ann", 5, t0 + 59'999ms));
    EXPECT_TRUE(l.take("ann", 5, t0 + 60s)); // the first is a minute old
    EXPECT_FALSE(l.take("ann", 5, t0 + 69'999ms));
    EXPECT_TRUE(l.take("ann", 5, t0 + 70s));
}

TEST(RateLimit, RefusedAttemptsDoNotExtendTheWait) {
    rate_limiter l{100};
    EXPECT_TRUE(l.take("ann", 1, t0));
    for (int i = 1; i < 60; ++i)
        EXPECT_FALSE(l.take("ann", 1, t0 + i * 1s));
    EXPECT_TRUE(l.take("ann", 1, t0 + 60s));
}

TEST(RateLimit, KeysDoNotCountForEachOther) {
    rate_limiter l{100};
    EXPECT_TRUE(l.take("ann", 1, t0));
    EXPECT_TRUE(l.take("bob", 1, t0));
    EXPECT_FALSE(l.take("ann", 1, t0));
}

TEST(RateLimit, ALimitOfZeroIsOff) {
    rate_limiter l{100};
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(l.take("ann", 0, t0));
    EXPECT_EQ(l.size(), 0u);
}

TEST(RateLimit, ForgetsWhoWasQuietForAMinute) {
    rate_limiter l{100};
    (void)l.take("ann", 5, t0);
    (void)l.take("bob", 5, t0 + 30s);
    EXPECT_EQ(l.size(), 2u);
    (void)l.take("eve", 5, t0 + 60s);
    EXPECT_EQ(l.size(), 2u);
    (void)l.take("eve", 5, t0 + 200s);
    EXPECT_EQ(l.size(), 1u);
}

TEST(RateLimit, NeverRemembersMoreKeysThanItMay) {
    rate_limiter l{10};
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(l.take("key" + std::to_string(i), 1, t0));
    EXPECT_EQ(l.size(), 10u);
    EXPECT_FALSE(l.take("key999", 1, t0));
    EXPECT_TRUE(l.take("key0", 1, t0)); // forgotten: errs on the side of admitting
}
