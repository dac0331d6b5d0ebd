#include "net/end_signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace ringback::net {
namespace {

TEST(EndSignals, OneThatComesWhileTheProcessEndsDoesNotEndItTwice) {
    {
        end_signals ends;
        std::raise(SIGTERM);
        EXPECT_EQ(ends.wait(), SIGTERM);
        std::raise(SIGTERM);
        std::raise(SIGINT);
    }
    SUCCEED() << "it would have been killed by now";
}

} // namespace
} // namespace ringback::net
