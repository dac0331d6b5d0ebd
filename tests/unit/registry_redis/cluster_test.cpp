// Several nodes in one process, over a real Redis: who is lost, who takes over, what is told.
#include "cluster.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <thread>

namespace ringback::registry::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(Cluster, OfThirtyCallersOnThreeNodesOneGetsTheTelecaller) {
    start(3);
    add(1, "bob", device(2, 1, call::realm::telecaller));
    int wins = 0, busy = 0;
    for (int n = 0; n < 30; ++n) {
        auto& at = *nodes[static_cast<std::size_t>(n % 3)];
        at.registry().claim(request(at.number(), "ann" + std::to_string(n), "bob", n + 1), [&](auto won) {
            if (won)
                ++wins;
            else if (won.error() == call::refusal_code::callee_busy)
                ++busy;
        });
    }
    ASSERT_TRUE(events.until([&] { return wins + busy == 30; }));
    EXPECT_EQ(wins, 1);
}

TEST_F(Cluster, AChangeOfPresenceIsToldToTheOtherNodesByTheScriptItself) {
    start(2);
    EXPECT_EQ(add(1, "bob", device(1, 1, call::realm::telecaller)).changes.size(), 1U);
    ASSERT_TRUE(events.until([&] { return nodes[1]->changes.size() == 1; }));
    EXPECT_THAT(nodes[1]->words(), ElementsAre("bob telecaller ONLINE"));
    EXPECT_THAT(nodes[0]->words(), IsEmpty()) << "it has it by its answer";
}

TEST_F(Cluster, ANodeThatDiesIsTakenOverByOneOtherWithinItsLeaseAndASecond) {
    start(3, 500ms);
    add(1, "ann", device(1, 1, call::realm::user));
    add(3, "bob", device(3, 2, call::realm::telecaller));
    add(3, "dan", device(3, 3, call::realm::telecaller));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    nodes[2]->die();
    auto const since = std::chrono::steady_clock::now();
    ASSERT_TRUE(events.until([&] { return takers(3) == 1; }));
    EXPECT_LT(std::chrono::steady_clock::now() - since, 1500ms);
    node& taker = nodes[0]->lost_nodes.empty() ? *nodes[1] : *nodes[0];
    node& other = nodes[0]->lost_nodes.empty() ? *nodes[0] : *nodes[1];
    EXPECT_TRUE(drop(taker, 3, 10s));
    ASSERT_TRUE(events.until([&] { return nodes[0]->gone_nodes.size() == 1 && nodes[1]->gone_nodes.size() == 1; }));

    EXPECT_THAT(taker.words(), Contains("bob telecaller OFFLINE here"));
    EXPECT_THAT(taker.words(), Contains("dan telecaller OFFLINE here")) << "who crashed does not linger";
    ASSERT_TRUE(events.until([&] { return count(other, "dan telecaller OFFLINE") == 1; }));
    ASSERT_EQ(taker.departures.size(), 1U);
    EXPECT_EQ(taker.departures[0].account, id("bob"));
    EXPECT_EQ(taker.departures[0].device, device(3, 2, call::realm::telecaller));
    EXPECT_EQ(taker.departures[0].active.home, (place{1, 0}));
    EXPECT_THAT(taker.departures[0].remaining, IsEmpty());
    EXPECT_THAT(other.departures, IsEmpty());
    settle(700ms);
    EXPECT_EQ(takers(3), 1) << "once";
    EXPECT_THAT(taker.gone_nodes, ElementsAre(3));
}

TEST_F(Cluster, TheCallsOfALostNodeAreForgottenUnlessTheyAreTakenOver) {
    start(2, 500ms);
    for (auto [who, n] : {std::pair{"ann", 1}, {"amy", 2}, {"eve", 3}})
        add(2, who, device(2, n, call::realm::user));
    for (auto [who, n] : {std::pair{"bob", 11}, {"ben", 12}, {"dan", 13}})
        add(1, who, device(1, n, call::realm::telecaller));
    ASSERT_TRUE(claim(2, "ann", "bob", 1));
    ASSERT_TRUE(claim(2, "amy", "ben", 2));
    mark_accepted(2, 2);
    ASSERT_TRUE(claim(2, "eve", "dan", 3));
    release(2, 3);
    nodes[1]->die();
    ASSERT_TRUE(events.until([&] { return takers(2) == 1; }));
    auto left = request(1, "amy", "ben", 2);
    left.callee_realm = call::realm::telecaller;
    auto taken = nodes[0]->result_of<ports::taken_over>(
        [&](auto done) { nodes[0]->registry().take_over(left, std::move(done)); });
    EXPECT_THAT(taken.devices[0], IsEmpty()) << "that of the lost node does not count any more";
    EXPECT_THAT(taken.devices[1], ElementsAre(device(1, 12, call::realm::telecaller)));
    EXPECT_THAT(taken.changes, IsEmpty()) << "ON_CALL all the time";
    EXPECT_TRUE(drop(*nodes[0], 2, 10s));
    EXPECT_EQ(active(1, "bob"), std::nullopt);
    EXPECT_EQ(active(1, "ben")->home, (place{1, 0}));
    EXPECT_EQ(find(1, 1), std::nullopt);
    EXPECT_THAT(nodes[0]->stranded, ElementsAre(call_number(1))) << "nobody has freed its parties";
    EXPECT_EQ(server->ask({"KEYS", "{ringback}:n:2*"}), "");
}

TEST_F(Cluster, WhenTheTakerDiesTooTheNextOneTakesBothOver) {
    start(3, 400ms);
    add(3, "bob", device(3, 2, call::realm::telecaller));
    nodes[2]->die();
    ASSERT_TRUE(events.until([&] { return takers(3) == 1; }));
    std::size_t const first = nodes[0]->lost_nodes.empty() ? 1 : 0;
    nodes[first]->die();
    node& last = *nodes[1 - first];
    ASSERT_TRUE(events.until([&] { return last.lost_nodes.size() == 2; }));
    EXPECT_THAT(last.lost_nodes, UnorderedElementsAre(3, static_cast<std::uint32_t>(first + 1)));
    for (std::uint32_t number : std::vector{last.lost_nodes})
        EXPECT_TRUE(drop(last, number, 0s));
    EXPECT_THAT(last.words(), Contains("bob telecaller OFFLINE here"));
    EXPECT_TRUE(events.until([&] { return last.gone_nodes.size() == 2; }));
}

TEST_F(Cluster, ANodeThatStoodStillFindsOutThatItWasLostAndChangesNothingAnyMore) {
    start(1, 400ms);
    loop frozen; // its turns are its life
    node paused{frozen, *server, 7, 400ms};
    paused.join();
    paused.registry().add_device(id("bob"), call::role::telecaller, device(7, 1, call::realm::telecaller), now(),
                                 [](auto) {});
    ASSERT_TRUE(frozen.until([&] { return paused.shared.round_trips(operation::add_device) == 1; }));
    EXPECT_GT(paused.shared.valid_until(), machine_clock().now().mono);
    ASSERT_TRUE(events.until([&] { return takers(7) == 1; }));
    EXPECT_LT(paused.shared.valid_until(), machine_clock().now().mono) << "it can tell that its time is over";
    EXPECT_TRUE(drop(*nodes[0], 7, 0s));

    // Its first turn sends what it thinks to be true.
    std::optional<std::expected<ports::claimed, call::refusal_code>> late;
    add(1, "dan", device(1, 5, call::realm::telecaller));
    paused.registry().claim(request(7, "bob", "dan", 1), [&](auto won) { late = std::move(won); });
    std::optional<ports::departed> gone;
    paused.registry().remove_device(id("dan"), device(1, 5, call::realm::telecaller), 0s, now().wall,
                                    [&](auto d) { gone = std::move(d); });
    ASSERT_TRUE(frozen.until([&] { return late && gone && paused.times_lost == 1; }));
    EXPECT_EQ(late->error(), call::refusal_code::internal);
    EXPECT_EQ(active(1, "dan"), std::nullopt);
    EXPECT_EQ(presence(1, "dan"), call::presence::online);
    EXPECT_FALSE(paused.is_up);
}

TEST_F(Cluster, OnlyTheHomeOfACallReleasesIt) {
    start(2);
    add(1, "ann", device(1, 1, call::realm::user));
    add(2, "bob", device(2, 2, call::realm::telecaller));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    EXPECT_FALSE(try_release(2, 1).is_agreed);
    EXPECT_TRUE(active(2, "bob"));
    EXPECT_TRUE(try_release(1, 1).is_agreed);
    EXPECT_FALSE(active(2, "bob"));
}

TEST_F(Cluster, AnEndIsTheBusinessOfTheNodeThatBringsItFirst) {
    start(2);
    keep(1, "bob", 1, false);
    EXPECT_EQ(add(2, "bob", device(2, 1, call::realm::telecaller)).kept.size(), 1U);
    EXPECT_THAT(keep(2, "bob", 1, true), IsEmpty()) << "it was handed out, whatever the store says";
    EXPECT_EQ(keep(2, "bob", 2, true).size(), 1U);
    EXPECT_EQ(keep(2, "bob", 2, true).size(), 1U) << "the same node, whose answer was lost";
    EXPECT_THAT(keep(1, "bob", 2, false), IsEmpty());
    EXPECT_THAT(add(1, "bob", device(1, 2, call::realm::telecaller)).kept, IsEmpty());
}

TEST_F(Cluster, ALingerEndsAlthoughItsNodeDoesNotEndIt) {
    start(2);
    add(1, "bob", device(1, 1, call::realm::telecaller));
    auto gone = remove(1, "bob", device(1, 1, call::realm::telecaller), 200ms);
    EXPECT_NE(gone.linger, 0U);
    ASSERT_TRUE(events.until([&] { return count_all("bob telecaller OFFLINE here") == 1; }));
    settle(600ms);
    EXPECT_EQ(count_all("bob telecaller OFFLINE here"), 1) << "one node records it";
    EXPECT_EQ(count_all("bob telecaller OFFLINE"), 1) << "the other hears of it";
    EXPECT_EQ(presence(2, "bob"), call::presence::offline);
}

TEST_F(Cluster, ARingThatIsOverdueIsHandedToOneOtherNode) {
    start(3, 10s, 200ms);
    add(1, "ann", device(1, 1, call::realm::user));
    add(2, "bob", device(2, 2, call::realm::telecaller));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    auto const all = [&] { return nodes[1]->overdue.size() + nodes[2]->overdue.size(); };
    ASSERT_TRUE(events.until([&] { return all() == 1; }));
    auto const& told = nodes[1]->overdue.empty() ? nodes[2]->overdue[0] : nodes[1]->overdue[0];
    EXPECT_EQ(told, (std::pair{call_number(1), place{1, 0}}));
    settle(700ms);
    EXPECT_EQ(all(), 1U) << "not again so soon";
    EXPECT_THAT(nodes[0]->overdue, IsEmpty()) << "its own timer comes first";
}

TEST_F(Cluster, AnAcceptedCallIsNeverOverdue) {
    start(2, 10s, 100ms);
    add(1, "ann", device(1, 1, call::realm::user));
    add(2, "bob", device(2, 2, call::realm::telecaller));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    mark_accepted(1, 1);
    EXPECT_EQ(server->ask({"ZCARD", "{ringback}:due"}), "0");
}

TEST_F(Cluster, WhoLeavesOnPurposeLetsItsAccountsLinger) {
    start(2);
    add(2, "bob", device(2, 1, call::realm::telecaller));
    EXPECT_TRUE(nodes[1]->result_of<bool>([&](auto done) { nodes[1]->member().leave(std::move(done)); }));
    ASSERT_TRUE(events.until([&] { return takers(2) == 1; }));
    EXPECT_TRUE(drop(*nodes[0], 2, 300ms));
    EXPECT_EQ(presence(1, "bob"), call::presence::online);
    ASSERT_TRUE(events.until([&] { return count(*nodes[0], "bob telecaller OFFLINE here") == 1; }));
    EXPECT_EQ(nodes[1]->times_lost, 0);
}

TEST_F(Cluster, ARedisOfAnotherDatabaseIsRefused) {
    start(1);
    node stranger{events, *server, 9};
    auto joined = stranger.try_join("another");
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->error(), membership::join_errc::other_database);
}

TEST_F(Cluster, LimitsCountForAllNodes) {
    start(2);
    auto attempt = [&](std::uint32_t by) {
        return nodes[by - 1]->result_of<bool>([&](auto done) {
            nodes[by - 1]->registry().take_attempt(ports::limited_action::initiate, "ann", 2, now().mono,
                                                   std::move(done));
        });
    };
    EXPECT_TRUE(attempt(1));
    EXPECT_TRUE(attempt(2));
    EXPECT_FALSE(attempt(1));
    EXPECT_FALSE(attempt(2));
}

TEST_F(Cluster, ACallOfThisNodeIsFoundWithoutAsking) {
    start(2);
    add(1, "ann", device(1, 1, call::realm::user));
    add(2, "bob", device(2, 2, call::realm::telecaller));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    EXPECT_EQ(find(1, 1), (place{1, 0}));
    EXPECT_EQ(active(1, "bob")->call, call_number(1));
    EXPECT_EQ(nodes[0]->shared.round_trips(operation::find_call), 0U);
    EXPECT_EQ(nodes[0]->shared.round_trips(operation::active_call_of), 0U);
    EXPECT_EQ(find(2, 1), (place{1, 0}));
    EXPECT_EQ(nodes[1]->shared.round_trips(operation::find_call), 1U);
}

TEST_F(Cluster, WhatWasPublishedWhileNobodyListenedIsHeardAfterwards) {
    start(2);
    server->ask({"CLIENT", "KILL", "TYPE", "pubsub"});
    add(1, "bob", device(1, 1, call::realm::telecaller));
    remove(1, "bob", device(1, 1, call::realm::telecaller), 0ms);
    ASSERT_TRUE(events.until([&] { return nodes[1]->changes.size() >= 2; }));
    settle(300ms);
    EXPECT_THAT(nodes[1]->words(), ElementsAre("bob telecaller ONLINE", "bob telecaller OFFLINE"));
    EXPECT_THAT(nodes[0]->words(), IsEmpty());
}

} // namespace
} // namespace ringback::registry::test
