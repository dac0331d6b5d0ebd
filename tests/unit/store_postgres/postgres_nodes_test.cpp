// Several nodes on one database: who may write, who has a call, and who does what for all.
#include "unit/store_postgres/lossy_proxy.hpp"
#include "unit/store_postgres/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ringback::store {

using contract::at;
using contract::awaited;
using contract::call_number;
using contract::conflict;
using contract::id;
using contract::ok;
using contract::start;
using contract::unavailable;
namespace say = contract::say;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

constexpr std::chrono::milliseconds lease = 6s;

/// A node and what it is asked.
struct node {
    std::unique_ptr<postgres_store> store;
    std::uint32_t number = 0;

    node(std::string url, clock_source const& clock) {
        postgres_config c;
        c.url = std::move(url);
        c.retry_longest = 50ms;
        c.webhooks = contract::webhook_terms();
        store = std::make_unique<postgres_store>(c, clock);
        number = store->join("a node", clock.now().wall).node;
    }
    awaited<ports::write_outcome> submit(ports::call_write what) {
        return start<ports::write_outcome>([&](auto done) { store->write(std::move(what), std::move(done)); });
    }
    ports::write_outcome write(ports::call_write what) { return submit(std::move(what)).get(); }
    awaited<ports::read_result<ports::taken_node>> begin_take_over(std::uint32_t lost, wall_time now) {
        return start<ports::read_result<ports::taken_node>>(
            [&](auto done) { store->take_over(lost, now, {now + 60s, now + 60s}, std::move(done)); });
    }
    ports::taken_node take_over(std::uint32_t lost, wall_time now) { return begin_take_over(lost, now).get().value(); }
    ports::stored_call call(std::uint32_t n) {
        return start<ports::read_result<std::optional<ports::stored_call>>>(
                   [&](auto done) { store->find_call(call_number(n), std::move(done)); })
            .get()
            .value()
            .value();
    }
    std::optional<ports::stored_call> miss_overdue(std::uint32_t n) {
        return start<ports::read_result<std::optional<ports::stored_call>>>(
                   [&](auto done) { store->take_over_call(call_number(n), at(90s), std::move(done)); })
            .get()
            .value();
    }
    bool is_lost() {
        return start<ports::read_result<bool>>([&](auto done) { store->is_lost(std::move(done)); }).get().value();
    }
    ports::read_result<bool> has_duty(moment now) {
        return start<ports::read_result<bool>>(
                   [&](auto done) { store->claim_duty(ports::duty::webhooks, now.mono, lease, std::move(done)); })
            .get();
    }
    std::vector<ports::waiting_webhook> first_webhooks() {
        return start<ports::read_result<std::vector<ports::waiting_webhook>>>(
                   [&](auto done) { store->first_webhooks(10, std::move(done)); })
            .get()
            .value();
    }
    std::vector<call_id> rooms_left() {
        return start<ports::read_result<std::vector<call_id>>>(
                   [&](auto done) { store->rooms_left(10, std::move(done)); })
            .get()
            .value();
    }
};

struct PostgresNodes : testing::Test {
    test::postgres_database database;
    contract::hand_clock clock;
    node a{database.url(), clock}, b{database.url(), clock};

    void SetUp() override {
        for (auto name : {"ann", "amy", "ada"})
            ASSERT_EQ(a.write(account(name, call::role::user)), ok);
        for (auto name : {"tom", "tim", "ted"})
            ASSERT_EQ(a.write(account(name, call::role::telecaller)), ok);
    }
    static ports::put_account account(std::string_view name, call::role role) {
        call::account_patch p;
        p.role = role;
        return say::token(name, std::move(p), 1);
    }
    wall_time now() { return clock.now().wall; }
    std::unique_ptr<node> another() { return std::make_unique<node>(database.url(), clock); }
    void rings(node& on, std::uint32_t n, std::string_view caller, std::string_view callee) {
        ASSERT_EQ(on.write(say::opened(n, caller, callee)), ok);
    }
    void talks(node& on, std::uint32_t n, std::string_view caller, std::string_view callee) {
        rings(on, n, caller, callee);
        auto answer = say::answered(n, at(0s));
        answer.has_room = true;
        ASSERT_EQ(on.write(std::move(answer)), ok);
    }
    integer home_of(std::uint32_t n) {
        return database.ask<integer>("SELECT home_node FROM calls WHERE id = '" + call_number(n).text() + "'");
    }
    static std::vector<call_id> ids_of(std::vector<ports::inheritance::survivor> const& survivors) {
        std::vector<call_id> ids;
        for (auto const& s : survivors)
            ids.push_back(s.call.facts.id);
        return ids;
    }
    /// Ends the nodes: a session tells the statistics at its end.
    int transactions_that_failed() {
        a.store.reset();
        b.store.reset();
        auto const others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "backend_type = 'client backend' AND pid <> pg_backend_pid()";
        eventually([&] { return database.ask<int>(others) == 0; });
        return database.ask<int>("SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()");
    }
    static void eventually(std::function<bool()> const& holds) {
        for (auto const end = clock_type::now() + 30s; !holds();) {
            if (clock_type::now() > end) return ADD_FAILURE() << "it did not become so";
            std::this_thread::sleep_for(2ms);
        }
    }
};

} // namespace

// The fence -----------------------------------------------------------------------------------------------------------

TEST_F(PostgresNodes, ANodeThatWasTakenOverWritesNothingAnyMoreAndIsToldOnce) {
    rings(a, 1, "ann", "tom");
    std::atomic<int> told{0};
    a.store->watch_fence([&] { ++told; });
    EXPECT_FALSE(a.is_lost());
    EXPECT_EQ(b.take_over(a.number, now()).by, b.number);
    EXPECT_TRUE(a.is_lost());
    EXPECT_EQ(told, 0) << "it has not tried to write";

    EXPECT_EQ(a.write(say::opened(2, "amy", "tim")), unavailable);
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(a.store->state().is_fenced);
    EXPECT_FALSE(a.store->state().is_available);
    EXPECT_EQ(a.write(say::answered(1)), unavailable);
    EXPECT_EQ(a.write(say::missed(1)), unavailable) << "a closing is not kept: the take-over has decided";
    EXPECT_EQ(a.store->state().kept, 0u);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(a.call(1).reason, call::end_reason::server_lost) << "reads go on";
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM calls"), 1);
    a.store->watch_fence([&] { ++told; });
    EXPECT_EQ(told, 2) << "who comes late is told at once";

    auto const again = another();
    EXPECT_GT(again->number, b.number);
    EXPECT_EQ(again->write(say::opened(3, "ann", "tom")), ok);
}

TEST_F(PostgresNodes, TheRowOfALostNodeIsStampedNoMore) {
    auto const before = now();
    (void)b.take_over(a.number, before);
    clock.advance(60s);
    (void)a.write(say::opened(1, "ann", "tom"));
    a.store.reset(); // stamps a last time, when it may
    auto const row = "SELECT alive_at FROM nodes WHERE number = " + std::to_string(a.number);
    EXPECT_LE(database.ask<integer>(row), to_column(before));
}

TEST_F(PostgresNodes, OfANodeThatWritesWithoutAPauseNothingIsAcceptedAfterTheTakeOver) {
    std::atomic<std::uint32_t> accepted{0};
    std::atomic<bool> is_over{false};
    std::thread busy{[&] {
        for (std::uint32_t n = 1; !is_over; ++n) {
            if (a.write(say::opened(n, "ann", "tom")) != ok) break;
            accepted = n;
            if (a.write(say::missed(n)) != ok) break;
        }
        is_over = true;
    }};
    eventually([&] { return accepted > 20; });
    auto const taken = b.begin_take_over(a.number, now()).get();
    auto const events = database.ask<int>("SELECT COUNT(*) FROM call_events");
    ASSERT_TRUE(taken);
    eventually([&] { return is_over.load(); });
    busy.join();
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM call_events"), events);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM active_parties"), 0) << "its last call was handed over";
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM calls WHERE reason = 'server_lost'"),
              static_cast<int>(taken->left.missed.size()));
}

TEST_F(PostgresNodes, AClosingThatWasNotWrittenInTimeIsLeftToTheTakeOver) {
    talks(a, 1, "ann", "tom");
    auto const pid = database.ask<integer>(
        "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid WHERE l.locktype = 'advisory' AND "
        "l.granted AND s.datname = current_database() ORDER BY s.backend_start LIMIT 1");
    ::kill(static_cast<pid_t>(pid), SIGSTOP);
    auto closed = a.submit(say::completed(1, 60));
    eventually([this] { return a.store->state().kept == 1; });
    auto const taken = b.take_over(a.number, now());
    ::kill(static_cast<pid_t>(pid), SIGCONT);
    EXPECT_THAT(ids_of(taken.left.survivors), ElementsAre(call_number(1)));
    EXPECT_EQ(closed.get(), unavailable);
    EXPECT_EQ(b.call(1).status, call::call_status::accepted);
    EXPECT_EQ(b.write(say::completed(1, 30)), ok);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM ledger"), 2);
}

TEST_F(PostgresNodes, ATakeOverDoesNotPassATransactionThatIsUnderWayAndIsTriedAgain) {
    auto under_way = database.connect();
    run_once(*under_way, "BEGIN");
    run_once(*under_way, "SELECT 1 FROM nodes WHERE number = " + std::to_string(a.number) + " FOR SHARE");
    EXPECT_FALSE(b.begin_take_over(a.number, now()).get().has_value());
    EXPECT_EQ(a.write(say::opened(1, "ann", "tom")), ok);
    run_once(*under_way, "COMMIT");
    EXPECT_THAT(b.take_over(a.number, now()).left.missed, SizeIs(1));
}

TEST_F(PostgresNodes, WhoWasToBeToldOfAnEndIsForgottenWhenItIsTooLate) {
    rings(a, 1, "ann", "tom");
    ASSERT_EQ(a.write(say::ended(1, call::call_status::cancelled, call::end_reason::cancelled)), ok);
    ASSERT_EQ(a.write(ports::keep_untold{call_number(1), call::side::callee, now() + 30s}), ok);
    clock.advance(20s);
    ASSERT_EQ(a.write(account("witness", call::role::user)), ok); // and a stamp
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM untold"), 1);
    clock.advance(20s);
    ASSERT_EQ(a.write(account("witness", call::role::user)), ok);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM untold"), 0);
}

// The take-over -------------------------------------------------------------------------------------------------------

TEST_F(PostgresNodes, TheCallsOfALostNodeAreHandedOverAndThoseOfOthersStay) {
    rings(a, 1, "ann", "tom");
    talks(a, 2, "amy", "tim");
    talks(b, 3, "ada", "ted");
    ASSERT_EQ(a.write(say::ended(1, call::call_status::cancelled, call::end_reason::cancelled)), ok);
    ASSERT_EQ(a.write(ports::keep_untold{call_number(1), call::side::callee, now() + 30s}), ok);
    rings(a, 4, "ann", "tom");
    clock.advance(4s);
    ASSERT_EQ(a.write(account("witness", call::role::user)), ok); // and a stamp
    auto const last_sign = now();
    clock.advance(3s); // less than the store's own interval: it would give another sign
    auto const taken = b.take_over(a.number, now());
    EXPECT_EQ(taken.by, b.number);
    ASSERT_THAT(taken.left.missed, SizeIs(1));
    EXPECT_EQ(taken.left.missed[0], b.call(4));
    EXPECT_EQ(taken.left.missed[0].ended_at, last_sign);
    ASSERT_THAT(ids_of(taken.left.survivors), ElementsAre(call_number(2)));
    EXPECT_EQ(taken.left.survivors[0].lost_at, last_sign);
    EXPECT_THAT(taken.left.untolds, SizeIs(3)) << "both of the missed call, and one of before";
    EXPECT_EQ(home_of(2), b.number);
    EXPECT_EQ(home_of(3), b.number);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM calls WHERE lost_at IS NOT NULL"), 1);
}

TEST_F(PostgresNodes, OfTwoThatTakeOverAtOnceOneHasItAndTheOtherIsToldWho) {
    auto const c = another();
    for (std::uint32_t round = 0; round < 5; ++round) {
        auto const lost = another();
        rings(*lost, 10 * round + 1, "ann", "tom");
        talks(*lost, 10 * round + 2, "amy", "tim");
        auto first = b.begin_take_over(lost->number, now());
        auto second = c->begin_take_over(lost->number, now());
        std::array const taken{first.get().value(), second.get().value()};
        ASSERT_EQ(taken[0].by, taken[1].by);
        auto const winner = taken[0].by == b.number ? 0u : 1u;
        EXPECT_THAT(taken[winner].left.missed, SizeIs(1));
        EXPECT_THAT(taken[winner].left.survivors, SizeIs(1));
        EXPECT_THAT(taken[1 - winner].left.missed, IsEmpty());
        EXPECT_THAT(taken[1 - winner].left.survivors, IsEmpty());
        EXPECT_THAT(taken[1 - winner].left.untolds, IsEmpty());
        ASSERT_EQ((winner == 0 ? b : *c).write(say::completed(10 * round + 2, 1)), ok);
    }
}

TEST_F(PostgresNodes, WhatATakerThatDiesHadTakenGoesToTheThirdWhetherItHadFinishedOrNot) {
    rings(a, 1, "ann", "tom");
    talks(a, 2, "amy", "tim");
    auto const c = another();
    EXPECT_THAT(b.take_over(a.number, now()).left.survivors, SizeIs(1));
    auto const left = c->take_over(b.number, now()).left;
    EXPECT_THAT(ids_of(left.survivors), ElementsAre(call_number(2)));
    EXPECT_THAT(left.untolds, SizeIs(2)) << "nobody said that they were told";
    EXPECT_THAT(left.missed, IsEmpty());
    EXPECT_EQ(c->take_over(a.number, now()).by, c->number);

    // Another dies after the first of its steps.
    auto const d = another(), e = another();
    rings(*d, 3, "ann", "tom");
    run_once(*database.connect(), "UPDATE nodes SET lost_at = 1, taken_by = " + std::to_string(e->number) +
                                      " WHERE number = " + std::to_string(d->number));
    EXPECT_EQ(c->take_over(d->number, now()).by, e->number);
    EXPECT_EQ(c->call(3).status, call::call_status::ringing);
    EXPECT_THAT(c->take_over(e->number, now()).left.missed, SizeIs(1));
    EXPECT_EQ(c->call(3).status, call::call_status::missed);
}

TEST_F(PostgresNodes, AWholeClusterThatWasKilledIsRecoveredByWhoComesBackFirst) {
    rings(a, 1, "ann", "tom");
    talks(b, 2, "amy", "tim");
    auto const c = another();
    clock.advance(10s);
    // Alive, as c is, which stamps while it writes.
    ASSERT_EQ(c->write(account("witness", call::role::user)), ok);
    auto const dead = start<ports::read_result<std::vector<std::uint32_t>>>(
                          [&](auto done) { c->store->find_abandoned(now(), 10s, std::move(done)); })
                          .get()
                          .value();
    ASSERT_THAT(dead, ElementsAre(0u, a.number, b.number));
    std::size_t missed = 0, survivors = 0;
    for (auto each : dead) {
        auto const left = c->take_over(each, now()).left;
        missed += left.missed.size();
        survivors += left.survivors.size();
    }
    EXPECT_EQ(missed, 1u);
    EXPECT_EQ(survivors, 1u);
}

TEST_F(PostgresNodes, WhatAStepHandedOverWhoseCommitWasNotAnsweredComesWithTheNextTry) {
    talks(b, 1, "ann", "tom");
    talks(a, 2, "amy", "tim");
    auto const us = std::to_string(b.number);
    run_once(*database.connect(),
             "UPDATE nodes SET lost_at = 1, taken_by = " + us + " WHERE number = " + std::to_string(a.number));
    run_once(*database.connect(), "UPDATE calls SET lost_at = accepted_at, home_node = " + us +
                                      " WHERE home_node = " + std::to_string(a.number));
    EXPECT_THAT(ids_of(b.take_over(a.number, now()).left.survivors), ElementsAre(call_number(2)));
    EXPECT_THAT(b.take_over(a.number, now()).left.survivors, IsEmpty()) << "it was given";
}

TEST_F(PostgresNodes, MoreCallsThanOneStepHandsOverAreAllHandedOver) {
    auto sql = database.connect();
    run_once(*sql, "INSERT INTO accounts SELECT 'p' || n, 'USER', NULL, NULL, '', '', 'ACTIVE', NULL, 0, 0, 0, 0 "
                   "FROM generate_series(1, 5000) AS n");
    auto const calls = [](std::string status, std::string accepted, int from, int to, std::uint32_t home) {
        return "INSERT INTO calls (id, type, caller_id, caller_realm, callee_id, callee_realm, status, created_at, "
               "expires_at, accepted_at, home_node) SELECT lpad(to_hex(n), 24, '0'), 'AUDIO', 'p' || 2 * n, 'peer', "
               "'p' || 2 * n - 1, 'peer', '" +
               status + "', 1, 2, " + accepted + ", " + std::to_string(home) + " FROM generate_series(" +
               std::to_string(from) + ", " + std::to_string(to) + ") AS n";
    };
    run_once(*sql, calls("ACCEPTED", "1", 1, 2340, a.number));
    run_once(*sql, calls("RINGING", "NULL", 2341, 2500, a.number));
    run_once(*sql,
             "INSERT INTO active_parties SELECT caller_id, id FROM calls UNION ALL SELECT callee_id, id FROM calls");
    auto const left = b.take_over(a.number, now()).left;
    EXPECT_THAT(left.survivors, SizeIs(2340));
    EXPECT_THAT(left.missed, SizeIs(160));
    EXPECT_THAT(left.untolds, SizeIs(320));
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM calls WHERE home_node = " + std::to_string(b.number)), 2340);
}

TEST_F(PostgresNodes, ACallWhoseDeadlineHasPassedIsMissedByAnotherNodeOrAnsweredButNotBoth) {
    for (std::uint32_t n = 1; n <= 20; ++n) {
        rings(a, n, "ann", "tom");
        EXPECT_EQ(a.miss_overdue(n), std::nullopt) << "its own home does that by a closing";
        auto answered = a.submit(say::answered(n));
        auto const missed = b.miss_overdue(n);
        ASSERT_NE(answered.get() == ok, missed.has_value());
        if (missed) {
            EXPECT_EQ(missed->reason, call::end_reason::timeout);
            EXPECT_EQ(missed->ended_at, missed->facts.expires_at);
            EXPECT_EQ(a.write(say::missed(n)), conflict);
        } else {
            ASSERT_EQ(a.write(say::completed(n, 1)), ok);
        }
        EXPECT_EQ(b.miss_overdue(n), std::nullopt);
    }
}

// Two that disagree ---------------------------------------------------------------------------------------------------

TEST_F(PostgresNodes, OfTwoPeersThatCallEachOtherOnTwoNodesOneIsFirstAndNoneWaitsForALock) {
    for (std::uint32_t n = 1; n <= 100; ++n) {
        auto first = a.submit(say::opened_by_peer(2 * n, "ann", "amy"));
        auto second = b.submit(say::opened_by_peer(2 * n + 1, "amy", "ann"));
        std::array const outcomes{first.get(), second.get()};
        ASSERT_EQ(std::ranges::count(outcomes, ok), 1);
        ASSERT_EQ(std::ranges::count(outcomes, conflict), 1);
        ASSERT_EQ(a.write(say::missed(2 * n + (outcomes[0] == ok ? 0 : 1))), ok);
    }
    EXPECT_EQ(transactions_that_failed(), 0) << "a deadlock costs all of a node's calls a second";
}

TEST_F(PostgresNodes, OfTwoEndsOfACallOnTwoNodesOneIsBilled) {
    for (std::uint32_t n = 1; n <= 20; ++n) {
        talks(a, n, "ann", "tom");
        auto first = a.submit(say::completed(n, 60)), second = b.submit(say::completed(n, 30));
        std::array const outcomes{first.get(), second.get()};
        ASSERT_EQ(std::ranges::count(outcomes, ok), 1);
        ASSERT_EQ(std::ranges::count(outcomes, conflict), 1);
        ASSERT_EQ(database.ask<int>("SELECT COUNT(*) FROM ledger"), 2 * static_cast<int>(n));
    }
}

TEST_F(PostgresNodes, GroupsThatBillCallsAndWriteAccountsDoNotWaitForEachOtherInACircle) {
    std::int64_t iat = 1;
    for (std::uint32_t n = 1; n <= 60; n += 2) {
        talks(a, n, "ann", "tom");
        talks(b, n + 1, "ada", "ted");
        std::vector<awaited<ports::write_outcome>> outcomes;
        {
            contract::store_gate hold_a{*a.store}, hold_b{*b.store};
            outcomes.push_back(a.submit(say::completed(n, 60)));
            outcomes.push_back(b.submit(say::token("amy", {}, ++iat)));
            outcomes.push_back(a.submit(say::token("amy", {}, ++iat)));
            outcomes.push_back(b.submit(say::completed(n + 1, 60)));
            hold_a.open();
            hold_b.open();
        }
        for (auto& each : outcomes)
            ASSERT_EQ(each.get(), ok);
    }
    EXPECT_EQ(transactions_that_failed(), 0) << "a deadlock costs all of a node's calls a second";
    EXPECT_EQ(database.ask<integer>("SELECT balance FROM house_accounts WHERE name = 'calls'"),
              -database.ask<integer>("SELECT SUM(coins) FROM accounts"));
}

TEST_F(PostgresNodes, OfTwoNodesThatAreShownOneTokenOneTakesIt) {
    using enum ports::session_state;
    auto take = [&](node& on) {
        return start<ports::read_result<ports::session_answer>>(
            [&](auto done) { on.store->take_session("token", id("ann"), now(), std::move(done)); });
    };
    for (int round = 0; round < 20; ++round) {
        ASSERT_EQ(a.write(ports::change_sessions{{}, "token", id("ann")}), ok);
        auto first = take(a), second = take(b);
        std::array const states{first.get().value().state, second.get().value().state};
        ASSERT_EQ(std::ranges::count(states, taken), 1);
        ASSERT_EQ(std::ranges::count(states, unknown), 1);
    }
}

TEST_F(PostgresNodes, AnAnswerInDoubtWhoseNodeIsTakenOverMeanwhileHasOneOutcome) {
    for (std::uint32_t n = 1; n <= 5; ++n) {
        test::lossy_proxy proxy{test::postgres_server::shared().socket()};
        node lost{proxy.url_of(database.url()), clock};
        rings(lost, n, "ann", "tom");
        proxy.lose_answer_to("COMMIT");
        auto answered = lost.submit(say::answered(n, at(0s)));
        eventually([&] { return proxy.has_lost(); });
        auto taking = b.begin_take_over(lost.number, now());
        EXPECT_EQ(answered.get(), unavailable) << "nobody was told that it was accepted";
        auto const left = taking.get().value().left;
        auto const status = b.call(n).status;
        if (status == call::call_status::accepted) {
            EXPECT_THAT(ids_of(left.survivors), ElementsAre(call_number(n)));
            ASSERT_EQ(b.write(say::completed(n, 1)), ok);
        } else {
            EXPECT_EQ(status, call::call_status::missed);
            EXPECT_THAT(left.survivors, IsEmpty());
            EXPECT_THAT(left.missed, SizeIs(1));
        }
    }
}

// What one does for all -----------------------------------------------------------------------------------------------

TEST_F(PostgresNodes, ADutyIsOneNodesUntilItIsGivenBackOrItsHolderIsSilentOrLost) {
    ASSERT_EQ(a.has_duty(clock.now()), true);
    EXPECT_EQ(b.has_duty(clock.now()), false);
    clock.advance(4s);
    EXPECT_EQ(a.has_duty(clock.now()), true);
    clock.advance(4s);
    EXPECT_EQ(b.has_duty(clock.now()), false) << "it was claimed again since";
    clock.advance(5900ms);
    EXPECT_EQ(b.has_duty(clock.now()), false);
    clock.advance(100ms);
    EXPECT_EQ(b.has_duty(clock.now()), true) << "the holder is silent";
    EXPECT_EQ(a.has_duty(clock.now()), false);
    b.store->give_back_duty(ports::duty::webhooks);
    (void)b.is_lost(); // behind it
    EXPECT_EQ(a.has_duty(clock.now()), true);
    (void)b.take_over(a.number, now());
    EXPECT_EQ(b.has_duty(clock.now()), true) << "the holder is lost";
    EXPECT_FALSE(a.has_duty(clock.now()).has_value()) << "it writes nothing, and has no duty";
}

TEST_F(PostgresNodes, AnEventWhoseElderWasRemovedWhileItWasWrittenIsNotForgotten) {
    rings(a, 1, "ann", "tom");
    ASSERT_EQ(a.write(say::answered(1)), ok);
    ASSERT_THAT(b.first_webhooks(), SizeIs(1));
    // As two transactions leave it of which neither saw the other.
    run_once(*database.connect(), "DELETE FROM webhooks WHERE type = 'call.ringing'");
    ASSERT_THAT(b.first_webhooks(), IsEmpty());
    ASSERT_EQ(b.has_duty(clock.now()), true);
    auto const found = b.first_webhooks();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].type, ports::webhook_type::call_accepted);
    ASSERT_EQ(a.write(say::completed(1, 60)), ok);
    ASSERT_EQ(b.has_duty(clock.now()), true);
    ASSERT_EQ(b.has_duty(clock.now()), true);
    EXPECT_THAT(b.first_webhooks(), SizeIs(1)) << "one that has an elder waits";
}

TEST_F(PostgresNodes, ARoomIsLeftToTheHomeOfItsCallAndToWhoTookThatOver) {
    talks(a, 1, "ann", "tom");
    talks(b, 2, "amy", "tim");
    for (std::uint32_t n : {1u, 2u})
        ASSERT_EQ((n == 1 ? a : b).write(say::completed(n, 60)), ok);
    EXPECT_THAT(a.rooms_left(), ElementsAre(call_number(1)));
    EXPECT_THAT(b.rooms_left(), ElementsAre(call_number(2)));
    (void)b.take_over(a.number, now());
    EXPECT_THAT(b.rooms_left(), ElementsAre(call_number(1), call_number(2)));
}

} // namespace ringback::store
