// The server goes away in every way in which servers do, and comes back.
#include "unit/store_postgres/lossy_proxy.hpp"
#include "unit/store_postgres/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace ringback::store {

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

namespace {

struct PostgresLoss : testing::Test {
    test::postgres_database database;
    system_clock_source clock;
    std::unique_ptr<postgres_store> store;

    void SetUp() override {
        open(database.url());
        for (auto name : {"ann", "amy"})
            ASSERT_EQ(write(account(name, call::role::user)), ok);
        for (auto name : {"tom", "tim"})
            ASSERT_EQ(write(account(name, call::role::telecaller)), ok);
    }
    void open(std::string url) {
        postgres_config c;
        c.url = std::move(url);
        c.retry_longest = 50ms;
        c.readers = 1;
        store.reset();
        store = std::make_unique<postgres_store>(c, clock);
    }
    static ports::put_account account(std::string_view name, call::role role) {
        call::account_patch p;
        p.role = role;
        return say::token(name, std::move(p), 1);
    }
    awaited<ports::write_outcome> submit(ports::call_write what) {
        return start<ports::write_outcome>([&](auto done) { store->write(std::move(what), std::move(done)); });
    }
    ports::write_outcome write(ports::call_write what) { return submit(std::move(what)).get(); }
    ports::read_result<std::optional<ports::stored_call>> find(std::uint32_t n) {
        return start<ports::read_result<std::optional<ports::stored_call>>>(
                   [&](auto done) { store->find_call(call_number(n), std::move(done)); })
            .get();
    }
    ports::read_result<ports::page<ports::stored_call>> list() {
        return start<ports::read_result<ports::page<ports::stored_call>>>(
                   [&](auto done) { store->list_calls({}, {}, std::move(done)); })
            .get();
    }
    call::call_status status(std::uint32_t n) { return find(n).value().value().status; }
    static void eventually(std::function<bool()> const& holds) {
        for (auto const end = clock_type::now() + 30s; !holds();) {
            if (clock_type::now() > end) return ADD_FAILURE() << "it did not become so";
            std::this_thread::sleep_for(5ms);
        }
    }
    void is_available_again() {
        eventually([this] { return store->state().is_available; });
    }
};

/// Through a proxy that can lose an answer.
struct PostgresDoubt : PostgresLoss {
    test::lossy_proxy proxy{test::postgres_server::shared().socket()};

    void SetUp() override {
        PostgresLoss::SetUp();
        open(proxy.url_of(database.url()));
    }
};

} // namespace

TEST_F(PostgresLoss, WhileTheServerIsAwayEverythingIsRefusedAtOnceButAClosingWhichIsWrittenLaterAndOnce) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(write(say::answered(1)), ok);
    ASSERT_TRUE(list());
    auto& server = test::postgres_server::shared();
    server.stop(SIGQUIT);
    auto closed = submit(say::completed(1, 60));
    eventually([this] { return !store->state().is_available; });
    EXPECT_EQ(store->state().kept, 1u);
    auto const before = clock_type::now();
    EXPECT_EQ(write(say::opened(2, "amy", "tim")), unavailable);
    EXPECT_EQ(write(say::answered(2)), unavailable);
    EXPECT_EQ(find(1).error(), ports::store_errc::unavailable);
    EXPECT_EQ(list().error(), ports::store_errc::unavailable);
    EXPECT_LT(clock_type::now() - before, 1s);
    EXPECT_FALSE(closed.is_ready());

    server.start();
    EXPECT_EQ(closed.get(), ok);
    is_available_again();
    EXPECT_EQ(store->state().kept, 0u);
    EXPECT_EQ(status(1), call::call_status::completed);
    EXPECT_EQ(find(2).value(), std::nullopt);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM ledger"), 2);
    EXPECT_EQ(write(say::opened(2, "amy", "tim")), ok);
    EXPECT_EQ(list().value().items.size(), 2u);
}

TEST_F(PostgresLoss, AServerThatStandsStillIsGivenUpInTime) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    auto& server = test::postgres_server::shared();
    server.signal_all(SIGSTOP);
    auto const before = clock_type::now();
    EXPECT_EQ(write(say::answered(1)), unavailable);
    EXPECT_LT(clock_type::now() - before, 3s);
    EXPECT_FALSE(store->state().is_available);
    auto closed = submit(say::missed(1));
    EXPECT_EQ(write(say::opened(2, "amy", "tim")), unavailable);
    server.signal_all(SIGCONT);
    EXPECT_EQ(closed.get(), ok);
    is_available_again();
    EXPECT_EQ(status(1), call::call_status::missed);
    EXPECT_EQ(write(say::opened(3, "ann", "tom")), ok);
}

TEST_F(PostgresLoss, ASessionThatTheServerEndsIsReplaced) {
    run_once(*database.connect(),
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
             "AND datname = current_database()");
    // The first to notice is refused; a moment later all is well.
    eventually([this] { return write(say::opened(1, "ann", "tom")) == ok; });
    eventually([this] { return list().has_value(); });
    EXPECT_EQ(status(1), call::call_status::ringing);
}

TEST_F(PostgresLoss, DestructionDoesNotWaitForAServerThatIsAway) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    auto& server = test::postgres_server::shared();
    server.signal_all(SIGSTOP);
    auto closed = submit(say::missed(1));
    auto const before = clock_type::now();
    store.reset();
    EXPECT_LT(clock_type::now() - before, 8s);
    EXPECT_EQ(closed.get(), unavailable);
    server.signal_all(SIGCONT);
}

// A commit whose answer is lost
// ----------------------------------------------------------------------------------------

TEST_F(PostgresDoubt, AnOpeningThatWasCommittedIsOkWhenThatIsKnown) {
    proxy.lose_answer_to("COMMIT");
    EXPECT_EQ(write(say::opened(1, "ann", "tom")), ok);
    EXPECT_TRUE(proxy.has_lost());
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM call_events"), 1);
    EXPECT_EQ(status(1), call::call_status::ringing);
}

TEST_F(PostgresDoubt, AnOpeningThatWasNotCommittedStaysAway) {
    proxy.lose_request("COMMIT");
    EXPECT_EQ(write(say::opened(1, "ann", "tom")), unavailable);
    EXPECT_TRUE(proxy.has_lost());
    EXPECT_EQ(find(1).value(), std::nullopt);
    EXPECT_EQ(write(say::opened(2, "ann", "tom")), ok);
}

TEST_F(PostgresDoubt, AClosingIsBilledOnceWhetherItWasCommittedOrNot) {
    for (std::uint32_t n : {1u, 2u}) {
        ASSERT_EQ(write(say::opened(n, "ann", "tom")), ok);
        ASSERT_EQ(write(say::answered(n)), ok);
        n == 1 ? proxy.lose_answer_to("COMMIT") : proxy.lose_request("COMMIT");
        EXPECT_EQ(write(say::completed(n, 60)), ok);
        EXPECT_TRUE(proxy.has_lost());
        EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM ledger"), 2 * static_cast<int>(n));
        EXPECT_EQ(database.ask<int>("SELECT coins FROM accounts WHERE id = 'tom'"), 60 * static_cast<int>(n));
        EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM call_events WHERE type = 'COMPLETED'"), static_cast<int>(n));
    }
}

TEST_F(PostgresDoubt, AnAcceptanceOfWhichNobodyWasToldIsTakenBackAndMayBeRepeated) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    proxy.lose_answer_to("COMMIT");
    EXPECT_EQ(write(say::answered(1)), unavailable);
    EXPECT_EQ(status(1), call::call_status::ringing);
    EXPECT_EQ(write(say::answered(1, contract::at(7s))), ok);
    EXPECT_EQ(status(1), call::call_status::accepted);
}

TEST_F(PostgresDoubt, CoinsWithAKeyMoveOnce) {
    proxy.lose_answer_to("COMMIT");
    auto moved = start<ports::read_result<std::optional<ports::ledger_entry>>>([&](auto done) {
                     store->add_coins({id("ann"), 50, "gift", "key-1", contract::at(0s)}, std::move(done));
                 }).get();
    EXPECT_TRUE(proxy.has_lost());
    EXPECT_EQ(moved.value().value().balance, 50);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM ledger"), 1);
}

TEST_F(PostgresDoubt, TheLastWordOfASessionThatStandsStillIsWaitedFor) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(write(say::answered(1)), ok);
    auto const pid = database.ask<integer>("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted");
    ::kill(static_cast<pid_t>(pid), SIGSTOP);
    auto closed = submit(say::completed(1, 60));
    eventually([this] { return store->state().kept == 1; });
    EXPECT_EQ(write(say::opened(2, "amy", "tim")), unavailable) << "the session before may still do what it was asked";
    EXPECT_FALSE(closed.is_ready());
    ::kill(static_cast<pid_t>(pid), SIGCONT);
    EXPECT_EQ(closed.get(), ok);
    is_available_again();
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM ledger"), 2);
}

} // namespace ringback::store
