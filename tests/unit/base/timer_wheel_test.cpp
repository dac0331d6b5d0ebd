#include "base/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <set>
#include <vector>

using namespace ringback;
using namespace std::chrono_literals;

namespace {

mono_time const t0{std::chrono::hours{1000}};

struct recorder : timer_wheel::timer {
    std::vector<mono_time> fired;
    std::function<void()> then;
    void on_expiry(mono_time now) override {
        fired.push_back(now);
        if (then) then();
    }
};

} // namespace

TEST(TimerWheel, FiresAtTheDeadlineAndNotBefore) {
    timer_wheel wheel{t0};
    recorder t;
    wheel.arm(t, t0 + 30s);
    wheel.advance(t0 + 29'999ms);
    EXPECT_TRUE(t.fired.empty());
    wheel.advance(t0 + 30s);
    EXPECT_EQ(t.fired, std::vector{t0 + 30s});
    EXPECT_FALSE(t.is_armed());
    EXPECT_EQ(wheel.armed(), 0u);
}

TEST(TimerWheel, APastDeadlineFiresAtTheNextAdvance) {
    timer_wheel wheel{t0};
    wheel.advance(t0 + 5s);
    recorder t;
    wheel.arm(t, t0 + 1s);
    wheel.advance(t0 + 5s + 1ms);
    EXPECT_EQ(t.fired.size(), 1u);
}

TEST(TimerWheel, RearmingReplacesTheDeadlineAndCancellingForgetsIt) {
    timer_wheel wheel{t0};
    recorder moved, cancelled;
    wheel.arm(moved, t0 + 10ms);
    wheel.arm(cancelled, t0 + 10ms);
    wheel.arm(moved, t0 + 20ms);
    wheel.cancel(cancelled);
    wheel.advance(t0 + 15ms);
    EXPECT_TRUE(moved.fired.empty());
    wheel.advance(t0 + 40ms);
    EXPECT_EQ(moved.fired.size(), 1u);
    EXPECT_TRUE(cancelled.fired.empty());
}

TEST(TimerWheel, AHandlerMayArmItselfAndDestroyOthers) {
    timer_wheel wheel{t0};
    auto victim = std::make_unique<recorder>();
    recorder t;
    wheel.arm(*victim, t0 + 11ms);
    wheel.arm(t, t0 + 10ms);
    t.then = [&] {
        victim.reset();
        if (t.fired.size() < 3) wheel.arm(t, t0 + 10ms * static_cast<int>(t.fired.size() + 1));
    };
    wheel.advance(t0 + 1s);
    EXPECT_EQ(t.fired.size(), 3u);
    EXPECT_EQ(wheel.armed(), 0u);
}

TEST(TimerWheel, DestroyedTimersAreForgotten) {
    timer_wheel wheel{t0};
    {
        recorder t;
        wheel.arm(t, t0 + 1ms);
    }
    EXPECT_EQ(wheel.armed(), 0u);
    wheel.advance(t0 + 10ms);
}

// Against the obvious implementation: a sorted set of deadlines, with the wake-ups that the wheel itself asks for.
TEST(TimerWheel, AgreesWithASortedSetOverRandomUse) {
    std::mt19937 random{7};
    timer_wheel wheel{t0};
    mono_time now = t0;
    struct tracked : timer_wheel::timer {
        mono_time deadline;
        std::set<tracked*>* armed = nullptr;
        void on_expiry(mono_time at) override {
            EXPECT_GE(at, deadline);
            EXPECT_EQ(armed->erase(this), 1u);
        }
    };
    std::set<tracked*> armed;
    std::vector<std::unique_ptr<tracked>> timers;
    for (int i = 0; i < 300; ++i) {
        timers.push_back(std::make_unique<tracked>());
        timers.back()->armed = &armed;
    }
    std::uniform_int_distribution<int> shift{0, 24};
    for (int step = 0; step < 60'000; ++step) {
        tracked& t = *timers[random() % timers.size()];
        switch (random() % 4) {
        case 0:
        case 1:
            t.deadline = now + std::chrono::milliseconds{random() % (1u << shift(random))};
            wheel.arm(t, t.deadline);
            armed.insert(&t);
            break;
        case 2:
            wheel.cancel(t);
            armed.erase(&t);
            break;
        default:
            if (auto wake = wheel.next_wake(); wake && random() % 2) {
                EXPECT_GT(*wake, now);
                now = *wake;
            } else {
                now += std::chrono::milliseconds{random() % (1u << shift(random) / 2)} + 1ms;
            }
            wheel.advance(now);
            for (tracked* late : armed)
                EXPECT_GE(late->deadline + 1ms, now);
        }
        ASSERT_EQ(wheel.armed(), armed.size());
    }
}
