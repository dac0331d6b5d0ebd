#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_url.hpp"
#include "store/sql/migration.hpp"
#include "store/sql/schema.hpp"
#include "unit/store_postgres/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ringback::store {

using contract::ok;
using namespace std::chrono_literals;
using contract::start;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
namespace say = contract::say;

namespace {

postgres_config config_of(std::string url) {
    postgres_config c;
    c.url = std::move(url);
    c.node = "node 1";
    return c;
}

std::string refusal_of(std::string url) {
    try {
        (void)open_postgres(config_of(std::move(url)), 1, contract::at(0s));
    } catch (std::runtime_error const& e) {
        return e.what();
    }
    return "it was opened";
}

struct PostgresDatabase : testing::Test {
    test::postgres_database database;
    contract::hand_clock clock;
};

} // namespace

TEST(PostgresUrl, WhatItLeavesOpenIsCompletedAndWhatItSaysIsKept) {
    auto const url = complete_url(config_of("postgresql://u:p@h/d?sslmode=verify-full&connect_timeout=7"));
    EXPECT_THAT(url, testing::StartsWith("postgresql://u:p@h/d?sslmode=verify-full&connect_timeout=7&"));
    EXPECT_THAT(url, AllOf(HasSubstr("tcp_user_timeout=2000"), HasSubstr("target_session_attrs=read-write"),
                           HasSubstr("application_name=ringback%20node%201")));
    EXPECT_THAT(url, Not(HasSubstr("connect_timeout=2")));
    EXPECT_THAT(complete_url(config_of("postgresql:///d")), testing::StartsWith("postgresql:///d?connect_timeout=2&"));
}

TEST(PostgresUrl, WhatLibpqDoesNotUnderstandIsRefusedWithoutBeingRepeated) {
    EXPECT_THAT(refusal_of("postgresql://u:hunter2@h/d?no_such=1"),
                AllOf(HasSubstr("store.url"), Not(HasSubstr("hunter2"))));
}

TEST_F(PostgresDatabase, IsReachedOrTheMessageSaysWhyNotWithoutThePassword) {
    EXPECT_THAT(
        refusal_of("postgresql://u:hunter2@127.0.0.1:1/d"),
        AllOf(HasSubstr("cannot open the database of store.url"), HasSubstr("refused"), Not(HasSubstr("hunter2"))));
    auto url = test::postgres_server::shared().url("no_such_database");
    EXPECT_THAT(refusal_of(url), HasSubstr("no_such_database"));
}

TEST_F(PostgresDatabase, ServersThatStartAtOnceMakeItsSchemaOnce) {
    std::array<std::string, 4> failures;
    {
        std::vector<std::jthread> servers;
        for (auto& failure : failures)
            servers.emplace_back([&] {
                try {
                    postgres_store const opened{config_of(database.url()), clock};
                } catch (std::exception const& e) {
                    failure = e.what();
                }
            });
    }
    EXPECT_THAT(failures, testing::Each(""));
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM schema_version"), static_cast<int>(schema_steps().size()));
}

TEST_F(PostgresDatabase, OfANewerReleaseIsRefusedAndLeftAsItIs) {
    {
        postgres_store const opened{config_of(database.url()), clock};
    }
    run_once(*database.connect(), "INSERT INTO schema_version VALUES (999, 0)");
    EXPECT_THAT(refusal_of(database.url()), AllOf(HasSubstr("version 999"), HasSubstr("newer")));
    EXPECT_THROW((void)reopen_postgres(config_of(database.url()), 1), std::runtime_error);
}

TEST_F(PostgresDatabase, AStepThatFailsLeavesTheVersionBefore) {
    auto db = open_postgres(config_of(database.url()), 1, contract::at(0s));
    std::array<std::string_view, 1> const good{"CREATE TABLE second (x {integer})"};
    std::array<std::string_view, 2> const bad{"CREATE TABLE third (x {integer})", "INSERT INTO nowhere VALUES (1)"};
    std::vector<migration> steps{schema_steps().begin(), schema_steps().end()};
    auto const before = static_cast<int>(steps.size());
    steps.emplace_back(good);
    steps.emplace_back(bad);
    EXPECT_THROW(migrate(*db.sql, db.dialect, steps, contract::at(1s)), soci::soci_error);
    EXPECT_EQ(database.ask<int>("SELECT MAX(version) FROM schema_version"), before);
    EXPECT_EQ(database.ask<int>("SELECT COUNT(*) FROM pg_tables WHERE tablename IN ('second', 'third')"), 0);
}

TEST_F(PostgresDatabase, TheLastSignOfLifeOfAnOlderReleaseIsThatOfTheServerWithoutACluster) {
    auto sql = database.connect();
    migrate(*sql, {.begin = "BEGIN", .lock_schema = {}, .is_refusal = nullptr}, schema_steps().first(6),
            contract::at(0s));
    run_once(*sql, "INSERT INTO liveness (id, alive_at) VALUES (1, 12345)");
    postgres_store const opened{config_of(database.url()), clock};
    EXPECT_EQ(database.ask<int>("SELECT alive_at FROM nodes WHERE number = 0 AND lost_at IS NULL"), 12345);
}

TEST_F(PostgresDatabase, TheLedgerIsOnlyAppendedTo) {
    auto db = open_postgres(config_of(database.url()), 1, contract::at(0s));
    run_once(*db.sql, "INSERT INTO accounts VALUES ('ann', 'USER', NULL, NULL, '', '', 'ACTIVE', NULL, 0, 0, 0, 0)");
    run_once(*db.sql,
             "INSERT INTO ledger (account_id, amount, balance, reason, created_at) VALUES ('ann', 5, 5, 'gift', 0)");
    EXPECT_THROW(run_once(*db.sql, "UPDATE ledger SET amount = 6"), soci::soci_error);
    EXPECT_THROW(run_once(*db.sql, "DELETE FROM ledger"), soci::soci_error);
    EXPECT_EQ(database.ask<int>("SELECT amount FROM ledger"), 5);
}

TEST_F(PostgresDatabase, CommitsAreDurableWhateverItsDefaultIs) {
    std::string name, now;
    auto admin = database.connect();
    run_once(*admin, "SELECT current_database()", out(name));
    run_once(*admin, "ALTER DATABASE " + name + " SET synchronous_commit = off");
    auto db = open_postgres(config_of(database.url()), 1, contract::at(0s));
    run_once(*db.sql, "SELECT current_setting('synchronous_commit')", out(now));
    EXPECT_EQ(now, "on");
}

TEST_F(PostgresDatabase, OfTwoServersThatDisagreeAboutAPartyOneIsRight) {
    postgres_store one{config_of(database.url()), clock}, other{config_of(database.url()), clock};
    auto write = [](postgres_store& on, ports::call_write what) {
        return start<ports::write_outcome>([&](auto done) { on.write(std::move(what), std::move(done)); });
    };
    call::account_patch user, telecaller;
    user.role = call::role::user;
    telecaller.role = call::role::telecaller;
    for (auto name : {"ann", "amy"})
        ASSERT_EQ(write(one, say::token(name, user, 1)).get(), ok);
    ASSERT_EQ(write(one, say::token("tom", telecaller, 1)).get(), ok);
    for (std::uint32_t round = 0; round < 20; ++round) {
        auto first = write(one, say::opened(2 * round, "ann", "tom"));
        auto second = write(other, say::opened(2 * round + 1, "amy", "tom"));
        std::array const outcomes{first.get(), second.get()};
        ASSERT_EQ(std::ranges::count(outcomes, ok), 1);
        auto const won = 2 * round + (outcomes[0] == ok ? 0 : 1);
        ASSERT_EQ(write(other, say::missed(won)).get(), ok);
        ASSERT_EQ(write(one, say::missed(won)).get(), contract::conflict) << "each transition once, whoever comes";
    }
}

} // namespace ringback::store
