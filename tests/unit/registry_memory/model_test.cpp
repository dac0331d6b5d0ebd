// Random interleavings of everything that can happen to calls, against the real machine and registry.
//
// RINGBACK_MODEL_STEPS sets the number of steps (default 1 000 000, a few seconds; set it lower for sanitizers on a
// slow machine). RINGBACK_MODEL_SEED starts from another seed, to repeat a failure or to look further.
#include "model_world.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace {

std::uint64_t setting(char const* name, std::uint64_t otherwise) {
    char const* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t default_steps = 1'000'000;
constexpr std::uint64_t steps_per_world = 1'000;

} // namespace

TEST(CallModel, WhateverHappensEveryCallEndsOnceAndLeavesNothingBehind) {
    std::uint64_t steps = setting("RINGBACK_MODEL_STEPS", default_steps);
    std::uint64_t seed = setting("RINGBACK_MODEL_SEED", 1);
    std::uint64_t ended = 0, accepted = 0, resumed = 0;
    for (std::uint64_t done = 0; done < steps; done += steps_per_world, ++seed) {
        ringback::model::world w{seed};
        for (std::uint64_t i = 0; i < steps_per_world; ++i)
            w.step();
        w.wind_down();
        ASSERT_EQ(w.violation(), "") << "in the world of RINGBACK_MODEL_SEED=" << seed;
        ended += w.calls_ended();
        accepted += w.calls_accepted();
        resumed += w.calls_resumed();
    }
    // The worlds must have been lively ones, or they prove nothing.
    EXPECT_GT(ended, steps / 200);
    EXPECT_GT(accepted, steps / 1'000);
    EXPECT_GT(resumed, steps / 100'000);
    RecordProperty("ended", static_cast<int>(ended));
    RecordProperty("accepted", static_cast<int>(accepted));
}
