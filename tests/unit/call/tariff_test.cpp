#include "call/tariff.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::call;
using namespace std::chrono_literals;

namespace {
constexpr mono_time t0{1000s};
}

TEST(Tariff, HasTheDefaultsOfTheContract) {
    tariff t;
    EXPECT_EQ(t.of(call_type::audio), (rates{2, 1}));
    EXPECT_EQ(t.of(call_type::video), (rates{3, 1}));
}

TEST(Tariff, CountsWholeSecondsRoundedDown) {
    EXPECT_EQ(bill({2, 1}, t0, t0 + 59'999ms, end_reason::hangup), (figures{59, 118, 59}));
    EXPECT_EQ(bill({2, 1}, t0, t0 + 60s, end_reason::hangup), (figures{60, 120, 60}));
    EXPECT_EQ(bill({2, 1}, t0, t0 + 999ms, end_reason::hangup), (figures{0, 0, 0}));
}

TEST(Tariff, AnEndBeforeTheAcceptanceIsNoSeconds) {
    EXPECT_EQ(bill({2, 1}, t0, t0 - 5s, end_reason::caller_disconnected), (figures{0, 0, 0}));
}

TEST(Tariff, ALateCancelOrAFailedSetUpKeepsItsDurationAndCostsNothing) {
    EXPECT_EQ(bill({2, 1}, t0, t0 + 1500ms, end_reason::cancelled_late), (figures{1, 0, 0}));
    EXPECT_EQ(bill({2, 1}, t0, t0 + 1500ms, end_reason::setup_failed), (figures{1, 0, 0}));
}

TEST(Tariff, APrepaidBalancePaysForWholeSeconds) {
    EXPECT_EQ(paid_time(21, 2), 10s);
    EXPECT_EQ(paid_time(1, 2), 0s);
    EXPECT_EQ(paid_time(0, 2), 0s);
    EXPECT_EQ(paid_time(100, 0), std::nullopt);
    EXPECT_EQ(paid_time(INT64_MAX, 1), std::chrono::seconds{std::chrono::days{3650}});
}

TEST(Tariff, TheMinimumMustBePayable) {
    EXPECT_TRUE(can_afford(20, 2, 10s));
    EXPECT_FALSE(can_afford(19, 2, 10s));
    EXPECT_TRUE(can_afford(0, 0, 10s));
}
