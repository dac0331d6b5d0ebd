#include "cluster/link_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ringback::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Two places and what is on its way between them.
struct conversation {
    link_state::terms terms{};
    mono_time now{};
    link_state ann{terms}, bob{terms};

    std::vector<std::string> from_ann() { return ann.packets(now); }
    std::vector<std::string> from_bob() { return bob.packets(now); }
    std::vector<std::string> to_bob(std::vector<std::string> const& packets) { return take(bob, packets); }
    std::vector<std::string> to_ann(std::vector<std::string> const& packets) { return take(ann, packets); }

private:
    std::vector<std::string> take(link_state& by, std::vector<std::string> const& packets) {
        std::vector<std::string> all;
        for (std::string const& each : packets)
            EXPECT_EQ(by.take(each, now, all), link_state::outcome::ok);
        return all;
    }
};

TEST(LinkState, WhatIsPushedInOneTurnLeavesInOnePacket) {
    conversation c;
    ASSERT_TRUE(c.ann.push("a"));
    ASSERT_TRUE(c.ann.push("b"));
    auto const packets = c.from_ann();
    EXPECT_THAT(packets, SizeIs(1));
    EXPECT_THAT(c.to_bob(packets), ElementsAre("a", "b"));
    EXPECT_THAT(c.from_ann(), IsEmpty());
}

TEST(LinkState, AnAcknowledgementGoesWithTheNextMessageOrAfterAWhile) {
    conversation c;
    ASSERT_TRUE(c.ann.push("a"));
    c.to_bob(c.from_ann());
    EXPECT_THAT(c.from_bob(), IsEmpty()) << "not at once";
    EXPECT_EQ(c.bob.next_due(), c.now + c.terms.acknowledge_after);
    c.now += c.terms.acknowledge_after;
    c.to_ann(c.from_bob());
    EXPECT_EQ(c.ann.unacknowledged(), 0u);
    EXPECT_EQ(c.ann.next_due(), std::nullopt);

    ASSERT_TRUE(c.ann.push("b"));
    c.to_bob(c.from_ann());
    ASSERT_TRUE(c.bob.push("c"));
    EXPECT_THAT(c.to_ann(c.from_bob()), ElementsAre("c"));
    EXPECT_EQ(c.ann.unacknowledged(), 0u);
}

TEST(LinkState, WhatIsLostIsSentAgainAfterAWhile) {
    conversation c;
    ASSERT_TRUE(c.ann.push("a"));
    (void)c.from_ann(); // lost
    EXPECT_EQ(c.ann.next_due(), c.now + c.terms.repeat_after);
    c.now += c.terms.repeat_after;
    EXPECT_THAT(c.to_bob(c.from_ann()), ElementsAre("a"));
}

TEST(LinkState, AGapIsAskedForAtOnceAndNothingIsHandedOverOutOfOrder) {
    conversation c;
    ASSERT_TRUE(c.ann.push("a"));
    (void)c.from_ann(); // lost
    ASSERT_TRUE(c.ann.push("b"));
    EXPECT_THAT(c.to_bob(c.from_ann()), IsEmpty());
    EXPECT_THAT(c.to_ann(c.from_bob()), IsEmpty());
    EXPECT_THAT(c.to_bob(c.from_ann()), ElementsAre("a", "b"));
}

TEST(LinkState, ARepetitionIsNotHandedOverTwice) {
    conversation c;
    ASSERT_TRUE(c.ann.push("a"));
    auto const first = c.from_ann();
    c.to_bob(first);
    EXPECT_THAT(c.to_bob(first), IsEmpty());
    c.ann.repeat_all();
    ASSERT_TRUE(c.ann.push("b"));
    EXPECT_THAT(c.to_bob(c.from_ann()), ElementsAre("b"));
}

TEST(LinkState, BeyondTheBoundNothingIsTaken) {
    link_state::terms terms;
    terms.max_unacknowledged = 2;
    terms.max_unacknowledged_bytes = 10;
    link_state few{terms};
    EXPECT_TRUE(few.push("a"));
    EXPECT_FALSE(few.push("0123456789"));
    EXPECT_TRUE(few.push("b"));
    EXPECT_FALSE(few.push("c"));
    EXPECT_THAT(few.give_up(), ElementsAre("a", "b"));
    EXPECT_TRUE(few.push("012345678"));
}

TEST(LinkState, ManyMessagesLeaveInPacketsOfABoundedSize) {
    conversation c;
    std::string const big(100'000, 'x');
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(c.ann.push(big));
    auto const packets = c.from_ann();
    EXPECT_THAT(packets, SizeIs(3));
    EXPECT_THAT(c.to_bob(packets), SizeIs(5));
}

TEST(LinkState, WhatIsNoPacketChangesNothing) {
    conversation c;
    ASSERT_TRUE(c.ann.push("abc"));
    std::string const packet = c.from_ann().front();
    std::vector<std::string> got;
    for (std::size_t cut = 0; cut < packet.size(); ++cut) {
        if (cut == 17) continue; // an acknowledgement alone
        EXPECT_EQ(c.bob.take(packet.substr(0, cut), c.now, got), link_state::outcome::malformed) << cut;
    }
    std::string ahead = packet;
    ahead[0] = 7; // acknowledges what was never sent
    EXPECT_EQ(c.bob.take(ahead, c.now, got), link_state::outcome::malformed);
    EXPECT_THAT(got, IsEmpty());
    EXPECT_THAT(c.to_bob({packet}), ElementsAre("abc"));
}

/// Packets in both directions are lost in runs and doubled.
TEST(LinkState, EverythingArrivesOnceAndInItsOrderWhateverTheMediumLoses) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random{seed};
        auto one_in = [&](unsigned n) { return random() % n == 0; };
        conversation c;
        std::deque<std::string> to_bob, to_ann;
        std::vector<std::string> at_bob, at_ann;
        int said_by_ann = 0, said_by_bob = 0, lossy = 0;
        auto carry = [&](std::deque<std::string>& way, link_state& to, std::vector<std::string>& heard) {
            while (!way.empty()) {
                if (lossy > 0 && --lossy >= 0) {
                    way.pop_front();
                    continue;
                }
                ASSERT_EQ(to.take(way.front(), c.now, heard), link_state::outcome::ok);
                if (!one_in(10)) way.pop_front(); // else once more
            }
        };
        for (int step = 0; step < 400 || c.ann.unacknowledged() + c.bob.unacknowledged() != 0; ++step) {
            ASSERT_LT(step, 5000) << seed;
            if (step < 400) {
                if (one_in(2)) ASSERT_TRUE(c.ann.push(std::to_string(said_by_ann++)));
                if (one_in(3)) ASSERT_TRUE(c.bob.push(std::to_string(said_by_bob++)));
                if (one_in(20)) lossy = static_cast<int>(random() % 8);
            }
            for (auto& each : c.ann.packets(c.now))
                to_bob.push_back(std::move(each));
            for (auto& each : c.bob.packets(c.now))
                to_ann.push_back(std::move(each));
            carry(to_bob, c.bob, at_bob);
            carry(to_ann, c.ann, at_ann);
            c.now += 20ms;
        }
        ASSERT_EQ(at_bob.size(), static_cast<std::size_t>(said_by_ann)) << seed;
        ASSERT_EQ(at_ann.size(), static_cast<std::size_t>(said_by_bob)) << seed;
        for (std::size_t i = 0; i < at_bob.size(); ++i)
            ASSERT_EQ(at_bob[i], std::to_string(i)) << seed;
        for (std::size_t i = 0; i < at_ann.size(); ++i)
            ASSERT_EQ(at_ann[i], std::to_string(i)) << seed;
    }
}

} // namespace
} // namespace ringback::cluster
