#include "media/livekit/deletion_schedule.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

using namespace ringback;
using namespace ringback::media;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 7;
mono_time const t0{1h};
retry_config const config{.max_waiting = 4, .give_up_after = 1min};
breaker_config const breaker{.failures_to_open = 3, .first_backoff = 100ms, .max_backoff = 1s};

call_id room(std::uint8_t n) { return call_id{call_id::bytes{n}}; }

/// Adds rooms 1 to `n` at t0.
void add_rooms(deletion_schedule& s, std::uint8_t n) {
    for (std::uint8_t i = 1; i <= n; ++i)
        EXPECT_EQ(s.add(room(i), t0), std::nullopt);
}

/// Rooms 1 to 3 fail at t0, as those of a server that is gone.
void lose_server(deletion_schedule& s) {
    add_rooms(s, 3);
    std::array failing{s.next(t0).value(), s.next(t0).value(), s.next(t0).value()};
    for (auto const& each : failing)
        EXPECT_EQ(s.failed(each, deletion_failure::of_server, t0), std::nullopt);
}

} // namespace

TEST(DeletionSchedule, HandsOutRoomsInTheOrderInWhichTheyWereAskedFor) {
    deletion_schedule s{config, breaker, seed};
    EXPECT_EQ(s.next_due(), std::nullopt);
    add_rooms(s, 3);
    EXPECT_EQ(s.next_due(), t0);
    EXPECT_EQ(s.next(t0)->room, room(1));
    EXPECT_EQ(s.next(t0)->room, room(2));
    EXPECT_EQ(s.next(t0)->room, room(3));
    EXPECT_EQ(s.next(t0), std::nullopt);
}

TEST(DeletionSchedule, DropsTheOldestWhenTooManyWait) {
    deletion_schedule s{config, breaker, seed};
    add_rooms(s, 4);
    EXPECT_EQ(s.add(room(5), t0), room(1));
    EXPECT_EQ(s.waiting(), 4u);
    EXPECT_EQ(s.next(t0)->room, room(2));
}

TEST(DeletionSchedule, DropsAnOldRoomThatComesBackToAFullQueue) {
    deletion_schedule s{config, breaker, seed};
    add_rooms(s, 1);
    auto first = s.next(t0).value();
    for (std::uint8_t i = 2; i <= 5; ++i)
        EXPECT_EQ(s.add(room(i), t0), std::nullopt);
    EXPECT_EQ(s.failed(first, deletion_failure::of_room, t0), room(1));
    EXPECT_EQ(s.waiting(), 4u);
}

TEST(DeletionSchedule, DoublesTheBackoffWithJitterUpToItsMaximum) {
    for (std::uint64_t each_seed = 0; each_seed < 50; ++each_seed) {
        deletion_schedule s{config, breaker, each_seed};
        add_rooms(s, 1);
        mono_time now = t0;
        for (auto longest : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
            auto what = s.next(now).value();
            EXPECT_EQ(s.failed(what, deletion_failure::of_room, now), std::nullopt);
            auto wait = s.next_due().value() - now;
            EXPECT_GE(wait, longest / 2);
            EXPECT_LE(wait, longest);
            EXPECT_EQ(s.next(s.next_due().value() - 1ns), std::nullopt);
            now = s.next_due().value();
        }
    }
}

TEST(DeletionSchedule, SpreadsTheRetriesOfRoomsThatFailTogether) {
    std::set<mono_time::duration> waits;
    for (std::uint64_t each_seed = 0; each_seed < 50; ++each_seed) {
        deletion_schedule s{config, breaker, each_seed};
        add_rooms(s, 1);
        EXPECT_EQ(s.failed(s.next(t0).value(), deletion_failure::of_room, t0), std::nullopt);
        waits.insert(s.next_due().value() - t0);
    }
    EXPECT_GT(waits.size(), 10u);
}

TEST(DeletionSchedule, GivesARoomUpWhenItsNextRetryWouldBeTooLate) {
    deletion_schedule s{config, breaker, seed};
    add_rooms(s, 1);
    auto what = s.next(t0).value();
    EXPECT_EQ(s.failed(what, deletion_failure::of_room, t0 + 1min), room(1));
    EXPECT_EQ(s.waiting(), 0u);
    EXPECT_EQ(s.next_due(), std::nullopt);
}

TEST(DeletionSchedule, OpensAfterFailuresOfTheServerInARow) {
    deletion_schedule s{config, breaker, seed};
    add_rooms(s, 3);
    std::array failing{s.next(t0).value(), s.next(t0).value(), s.next(t0).value()};
    EXPECT_EQ(s.failed(failing[0], deletion_failure::of_server, t0), std::nullopt);
    EXPECT_EQ(s.failed(failing[1], deletion_failure::of_server, t0), std::nullopt);
    EXPECT_FALSE(s.is_open());
    EXPECT_EQ(s.failed(failing[2], deletion_failure::of_server, t0), std::nullopt);
    EXPECT_TRUE(s.is_open());
}

TEST(DeletionSchedule, StaysClosedWhileOnlySingleRoomsFail) {
    deletion_schedule s{config, breaker, seed};
    add_rooms(s, 1);
    mono_time now = t0;
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(s.failed(s.next(now).value(), deletion_failure::of_room, now), std::nullopt);
        now = s.next_due().value();
    }
    EXPECT_FALSE(s.is_open());
}

TEST(DeletionSchedule, ProbesAServerThatIsDownWithOneRoomAtATime) {
    deletion_schedule s{config, breaker, seed};
    lose_server(s);
    EXPECT_EQ(s.add(room(4), t0), std::nullopt);
    EXPECT_EQ(s.next(t0), std::nullopt) << "a new room is due, the server is not";
    mono_time probe_at = s.next_due().value();
    EXPECT_GE(probe_at, t0 + 50ms);
    auto probe = s.next(probe_at).value();
    EXPECT_EQ(s.next(probe_at + 1h), std::nullopt);
    EXPECT_EQ(s.next_due(), std::nullopt);

    EXPECT_EQ(s.failed(probe, deletion_failure::of_server, probe_at), std::nullopt);
    EXPECT_GE(s.next_due().value(), probe_at + 100ms) << "the second probe waits longer";
    EXPECT_EQ(s.next(probe_at + 99ms), std::nullopt);
}

TEST(DeletionSchedule, ProbesWithARoomThatHasNotFailedYet) {
    deletion_schedule s{config, breaker, seed};
    lose_server(s);
    EXPECT_EQ(s.add(room(4), t0), std::nullopt);
    EXPECT_EQ(s.next(t0 + 1s)->room, room(4));
}

TEST(DeletionSchedule, ClosesWithTheFirstAnswerAndHandsOutAll) {
    for (bool deleted : {true, false}) {
        deletion_schedule s{config, breaker, seed};
        lose_server(s);
        auto probe = s.next(t0 + 1s).value();
        if (deleted)
            s.settled();
        else
            EXPECT_EQ(s.failed(probe, deletion_failure::of_room, t0 + 1s), std::nullopt);
        EXPECT_FALSE(s.is_open());
        EXPECT_TRUE(s.next(t0 + 1s));
        EXPECT_TRUE(s.next(t0 + 1s));
    }
}

TEST(DeletionSchedule, ARoomWaitsOnce) {
    deletion_schedule s{config, breaker, seed};
    add_rooms(s, 1);
    add_rooms(s, 1);
    EXPECT_EQ(s.waiting(), 1u);
    auto first = s.next(t0).value();
    add_rooms(s, 1); // it came to life again while it is being deleted
    EXPECT_EQ(s.failed(first, deletion_failure::of_room, t0), std::nullopt);
    EXPECT_EQ(s.waiting(), 1u);
}
