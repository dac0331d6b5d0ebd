// Redis is away, stands still, or comes back without its memory.
#include "cluster.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace ringback::registry::test {
namespace {

using testing::IsEmpty;

class Outage : public Cluster {
public:
    void stop_redis() {
        server->stop(SIGKILL);
        ASSERT_TRUE(events.until([&] { return all_up(false); }));
    }
    void start_redis() {
        server->start();
        ASSERT_TRUE(events.until([&] { return all_up(); }));
    }
    void lose_all_connections() { server->ask({"CLIENT", "KILL", "TYPE", "normal"}); }

    call::device_ref const ann1 = device(1, 1, call::realm::user);
    call::device_ref const bob1 = device(2, 2, call::realm::telecaller), bob2 = device(1, 3, call::realm::telecaller);
    call::device_ref const dan1 = device(2, 4, call::realm::telecaller);
};

TEST_F(Outage, WhileRedisIsAwayWhatNeedsAgreementIsRefusedAtOnce) {
    start(1);
    stop_redis();
    auto refused = [](auto const& answer) {
        EXPECT_FALSE(answer);
        return answer ? ports::registry_errc{} : answer.error();
    };
    EXPECT_EQ(refused(try_add(1, "ann", ann1)), ports::registry_errc::unavailable);
    EXPECT_EQ(refused(try_presence(1, "bob")), ports::registry_errc::unavailable);
    EXPECT_EQ(claim(1, "ann", "bob", 1).error(), call::refusal_code::internal);
}

TEST_F(Outage, WhileRedisIsAwayEachNodeCountsLimitsForItself) {
    start(1);
    stop_redis();
    auto attempt = [&] {
        return at(1).result_of<bool>([&](auto done) {
            at(1).registry().take_attempt(ports::limited_action::initiate, "ann", 2, now().mono, std::move(done));
        });
    };
    EXPECT_TRUE(attempt());
    EXPECT_TRUE(attempt());
    EXPECT_FALSE(attempt());
}

TEST_F(Outage, WhatHappensWhileTheConnectionIsAwayIsCompletedAtOnceAndToldAfterwards) {
    start(2);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    add(2, "dan", dan1);
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    mark_accepted(1, 1);
    server->signal(SIGSTOP); // its memory stays
    ASSERT_TRUE(events.until([&] { return all_up(false); }));

    auto gone = remove(1, "ann", ann1, 0ms);
    ASSERT_TRUE(gone.active) << "the call's home is here";
    EXPECT_EQ(gone.active->call, call_number(1));
    EXPECT_TRUE(gone.was_last);
    EXPECT_FALSE(remove(2, "bob", bob1, 0ms).active) << "its home is elsewhere: nobody here knows";
    EXPECT_EQ(remove(2, "dan", dan1, 60s).linger, 0U);
    auto const released = try_release(1, 1);
    EXPECT_THAT(released.changes, IsEmpty());
    EXPECT_FALSE(released.is_agreed) << "another node may have taken the call over";
    EXPECT_EQ(find(1, 1), (place{1, 0})) << "calls of this node are known all the time";

    server->signal(SIGCONT);
    ASSERT_TRUE(events.until([&] { return all_up() && count_all("bob telecaller OFFLINE here") == 1; }));
    ASSERT_TRUE(events.until([&] { return count_all("bob telecaller OFFLINE") == 1; }));
    ASSERT_TRUE(events.until([&] { return !active(2, "bob") && !active(2, "ann"); }));
    EXPECT_EQ(presence(1, "dan"), call::presence::online) << "lingers";
    EXPECT_EQ(server->ask({"ZCARD", "{ringback}:linger"}), "1");
    EXPECT_EQ(server->ask({"HGET", "{ringback}:connected", "0"}), "0");
    settle(300ms);
    EXPECT_EQ(count_all("bob telecaller OFFLINE here"), 1);
}

TEST_F(Outage, AnEndThatANodeToldAloneIsNotToldAgainByWhoComesLater) {
    start(2);
    add(1, "bob", bob1);
    server->signal(SIGSTOP);
    ASSERT_TRUE(events.until([&] { return all_up(false); }));
    EXPECT_EQ(keep(1, "bob", 1, true), std::vector{bob1});
    server->signal(SIGCONT);
    ASSERT_TRUE(events.until([&] { return all_up(); }));
    ASSERT_TRUE(events.until(
        [&] { return server->ask({"EXISTS", "{ringback}:told:" + call_number(1).text() + ":1"}) == "1"; }));
    EXPECT_THAT(keep(2, "bob", 1, true), IsEmpty());
    EXPECT_THAT(add(2, "bob", device(2, 9, call::realm::telecaller)).kept, IsEmpty());
}

TEST_F(Outage, TheHomeOfACallHearsLateOfADeviceThatWentMeanwhile) {
    start(2);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    server->signal(SIGSTOP);
    ASSERT_TRUE(events.until([&] { return all_up(false); }));
    remove(2, "bob", bob1, 10s);
    server->signal(SIGCONT);
    ASSERT_TRUE(events.until([&] { return at(2).departures.size() == 1; }));
    EXPECT_EQ(at(2).departures[0].active.home, (place{1, 0}));
    EXPECT_EQ(at(2).departures[0].device, bob1);
}

TEST_F(Outage, ARedisThatStoodStillLongerThanALeaseLosesNobody) {
    start(3, 600ms);
    server->signal(SIGSTOP);
    ASSERT_TRUE(events.until([&] { return all_up(false); }));
    settle(3s);
    server->signal(SIGCONT);
    ASSERT_TRUE(events.until([&] { return all_up(); }));
    settle(1500ms);
    for (auto const& each : nodes) {
        EXPECT_EQ(each->times_lost, 0);
        EXPECT_THAT(each->lost_nodes, IsEmpty());
    }
}

TEST_F(Outage, ARedisThatLostItsMemoryIsToldAgainWhatTheNodesHold) {
    start(3);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    add(1, "bob", bob2);
    add(2, "dan", dan1);
    add(3, "eve", device(3, 7, call::realm::telecaller));
    add(3, "amy", device(3, 8, call::realm::user));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    mark_accepted(1, 1);
    ASSERT_TRUE(claim(3, "amy", "eve", 2));
    remove(2, "dan", dan1, 60s); // lingers
    ASSERT_TRUE(events.until([&] { return count(at(3), "bob telecaller ON_CALL") == 1; }));
    std::size_t const before[]{at(1).changes.size(), at(2).changes.size(), at(3).changes.size()};
    std::uint64_t const highest = at(3).changes.back().change.version;

    stop_redis();
    start_redis();
    EXPECT_EQ(presence(3, "bob"), call::presence::on_call);
    EXPECT_EQ(presence(3, "dan"), call::presence::online);
    EXPECT_EQ(presence(1, "eve"), call::presence::online);
    EXPECT_EQ(find(2, 1), (place{1, 0}));
    EXPECT_EQ(active(2, "bob"),
              (ports::involvement{call_number(1), {1, 0}, call::side::callee, call::realm::telecaller, true}));
    EXPECT_EQ(active(1, "amy"),
              (ports::involvement{call_number(2), {3, 0}, call::side::caller, call::realm::user, false}));
    EXPECT_EQ(server->ask({"ZCARD", "{ringback}:due"}), "1") << "only the one that still rings";
    EXPECT_EQ(server->ask({"ZCARD", "{ringback}:linger"}), "1");
    EXPECT_EQ(server->ask({"ZCARD", "{ringback}:nodes"}), "3");
    auto counted = at(1).result_of<ports::agreed<ports::presence_counts>>(
        [&](auto done) { at(1).registry().counts(std::move(done)); });
    EXPECT_EQ(*counted, (ports::presence_counts{2, 2}));
    settle(700ms);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(nodes[i]->changes.size(), before[i]) << "nothing has changed, so nothing is announced";
    auto released = release(1, 1);
    ASSERT_EQ(released.size(), 1U);
    EXPECT_GT(released[0].version, highest) << "versions go on";
    for (auto const& each : nodes)
        EXPECT_GE(each->asked_whether_it_may, 1);
}

TEST_F(Outage, WhatHappenedWhileRedisLostItsMemoryIsAnnouncedOnce) {
    start(2);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    add(2, "dan", dan1);
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    mark_accepted(1, 1);
    ASSERT_TRUE(events.until(
        [&] { return count(at(1), "bob telecaller ON_CALL") == 1 || count(at(2), "bob telecaller ON_CALL") == 1; }));
    stop_redis();
    remove(2, "dan", dan1, 0ms);
    release(1, 1);
    start_redis();
    ASSERT_TRUE(events.until([&] { return count_all("dan telecaller OFFLINE here") == 1; }));
    ASSERT_TRUE(events.until([&] { return count_all("dan telecaller OFFLINE") == 1; }));
    ASSERT_TRUE(events.until([&] { return count_all("bob telecaller ONLINE here") == 1; }));
    settle(500ms);
    EXPECT_EQ(count_all("dan telecaller OFFLINE here"), 1);
    EXPECT_EQ(count_all("bob telecaller ONLINE here"), 1);
    EXPECT_EQ(active(2, "ann"), std::nullopt);
    EXPECT_EQ(presence(1, "dan"), call::presence::offline);
}

TEST_F(Outage, ANodeThatNeverComesBackToANewMemoryIsMissed) {
    start(2, 500ms);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    stop_redis();
    nodes[1]->die();
    nodes[1]->is_up = true;
    server->start();
    ASSERT_TRUE(events.until([&] { return takers(2) == 1; }));
    EXPECT_TRUE(drop(at(1), 2, 0s));
    ASSERT_TRUE(events.until([&] { return at(1).gone_nodes.size() == 1; }));
    EXPECT_EQ(active(1, "bob")->home, (place{1, 0})) << "its home goes on";
}

TEST_F(Outage, ANodeThatTheStoreKnowsAsLostDoesNotComeBackToANewMemory) {
    start(2);
    at(2).may_register = false;
    add(2, "bob", bob1);
    server->stop(SIGKILL);
    server->start();
    ASSERT_TRUE(events.until([&] { return at(2).times_lost == 1 && at(1).is_up; }));
    ASSERT_TRUE(events.until([&] {
        auto bob = try_presence(1, "bob");
        return bob && *bob == call::presence::offline;
    }));
    EXPECT_EQ(claim(2, "ann", "bob", 1).error(), call::refusal_code::internal);
    settle(700ms);
    EXPECT_EQ(at(2).times_lost, 1);
}

TEST_F(Outage, AConnectionThatBreaksCostsNothingThatHappened) {
    start(2);
    add(2, "bob", bob1);
    for (int round = 0; round < 20; ++round) {
        add(1, "ann", ann1);
        ASSERT_TRUE(claim(1, "ann", "bob", round + 1));
        mark_accepted(1, round + 1);
        lose_all_connections();
        release(1, round + 1);
        remove(1, "ann", ann1, 0ms);
        ASSERT_TRUE(events.until([&] {
            auto free = try_presence(2, "bob");
            return free && *free == call::presence::online && all_up();
        })) << round;
    }
    settle(300ms);
    EXPECT_EQ(server->ask({"HGET", "{ringback}:connected", "0"}), "0");
    EXPECT_EQ(active(2, "bob"), std::nullopt);
    EXPECT_EQ(active(2, "ann"), std::nullopt);
}

TEST_F(Outage, WhatWasAskedAndNotAnsweredHoldsNothing) {
    start(2);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    server->signal(SIGSTOP); // it will find these in its socket
    std::optional<std::expected<ports::claimed, call::refusal_code>> won;
    at(1).registry().claim(request(1, "ann", "bob", 1), [&](auto w) { won = std::move(w); });
    EXPECT_FALSE(try_add(1, "eve", device(1, 9, call::realm::telecaller)));
    ASSERT_TRUE(events.until([&] { return won.has_value() && all_up(false); }));
    EXPECT_EQ(won->error(), call::refusal_code::internal);
    server->signal(SIGCONT);
    ASSERT_TRUE(events.until([&] { return all_up(); }));
    ASSERT_TRUE(events.until([&] {
        auto eve = try_presence(2, "eve");
        return eve && *eve == call::presence::offline;
    }));
    EXPECT_TRUE(claim(1, "ann", "bob", 2));
    EXPECT_EQ(server->ask({"EXISTS", "{ringback}:a:eve"}), "0");
}

TEST_F(Outage, AReplicaThatMissedTheLastWritesIsToldThem) {
    start(2);
    add(2, "bob", bob1);
    add(1, "ann", ann1);
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    // As a replica would have it that was promoted a little too early.
    server->ask({"DEL", "{ringback}:a:bob", "{ringback}:a:ann", "{ringback}:c:" + call_number(1).text(),
                 "{ringback}:here:1", "{ringback}:n:2:d", "{ringback}:n:1:c"});
    for (std::string number : {"1", "2"})
        server->ask({"HSET", "{ringback}:n:" + number, "tick", "0"});
    auto key = "{ringback}:c:" + call_number(1).text();
    ASSERT_TRUE(events.until([&] {
        auto seen = {try_presence(1, "bob"), try_presence(2, "bob")}; // a node that tells is asked nothing
        return server->ask({"EXISTS", key}) == "1" &&
               std::ranges::all_of(seen, [](auto const& p) { return p && *p == call::presence::online; });
    }));
    EXPECT_EQ(active(2, "ann")->home, (place{1, 0}));
    EXPECT_EQ(find(2, 1), (place{1, 0}));
    EXPECT_EQ(server->ask({"HGET", "{ringback}:here:1", "bob"}), "1");
}

TEST_F(Outage, EveryShardOfANodeIsToldAgain) {
    start(2);
    for (std::uint32_t shard : {0U, 1U}) {
        auto who = "bob" + std::to_string(shard);
        call::device_ref d{{{1, shard}, 0, 1}, call::realm::telecaller};
        EXPECT_TRUE(at(1).result_of<ports::agreed<ports::arrival>>([&](auto done) {
            at(1).registry(shard).add_device(id(who), call::role::telecaller, d, now(), std::move(done));
        }));
    }
    stop_redis();
    at(1).registry(1).remove_device(id("bob1"), {{{1, 1}, 0, 1}, call::realm::telecaller}, 0ms, now().wall,
                                    [](auto const&) {});
    start_redis();
    ASSERT_TRUE(events.until([&] { return count_all("bob1 telecaller OFFLINE here") == 1; }));
    EXPECT_EQ(presence(2, "bob0"), call::presence::online);
    EXPECT_EQ(presence(2, "bob1"), call::presence::offline);
}

TEST_F(Outage, WhatIsTooMuchToBeKeptIsMadeGoodByTellingEverything) {
    start(2);
    add(1, "ann", ann1);
    add(2, "bob", bob1);
    add(2, "dan", dan1);
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    mark_accepted(1, 1);
    server->signal(SIGSTOP);
    ASSERT_TRUE(events.until([&] { return all_up(false); }));
    for (std::size_t n = 0; n < bounds::late_operations; ++n) {
        at(1).registry().forget_call(call_number(200), [](auto const&) {});
        at(2).registry().forget_call(call_number(200), [](auto const&) {});
    }
    release(1, 1);
    at(1).registry().forget_call(call_number(1), [](auto const&) {});
    remove(2, "dan", dan1, 0ms);
    server->signal(SIGCONT);
    ASSERT_TRUE(events.until([&] { return all_up() && count_all("dan telecaller OFFLINE here") == 1; }));
    ASSERT_TRUE(events.until([&] {
        auto bob = try_presence(2, "bob");
        return bob && *bob == call::presence::online;
    }));
    EXPECT_EQ(find(2, 1), std::nullopt);
    EXPECT_EQ(active(2, "ann"), std::nullopt);
    settle(300ms);
    EXPECT_EQ(count_all("dan telecaller OFFLINE here"), 1);
}

} // namespace
} // namespace ringback::registry::test
