// `ringback ledger verify`: a ledger that is right, and each way in which one can be wrong.
#include "contract/store_story.hpp"
#include "store/sqlite/sqlite_ledger.hpp"
#include "unit/store_sqlite/sqlite_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ringback::store {

using namespace contract;
using testing::HasSubstr;
using testing::ThrowsMessage;
using namespace std::chrono_literals;

namespace {

/// Two calls, coins that were bought, one call that goes on.
struct SqliteLedger : testing::Test {
    test::sqlite_file file;
    hand_clock clock;

    void SetUp() override {
        sqlite_store store{file.path(), {}, clock};
        auto write = [&](ports::call_write what) {
            auto coming =
                start<ports::write_outcome>([&](auto done) { store.write(std::move(what), std::move(done)); });
            ASSERT_EQ(coming.get(), ok);
        };
        for (char const* who : {"ann", "amy", "tom", "tim"})
            write(say::admin(who, {.role = who[0] == 'a' ? call::role::user : call::role::telecaller}));
        auto bought = start<ports::read_result<std::optional<ports::ledger_entry>>>([&](auto done) {
            store.add_coins({.account = id("ann"), .amount = 70, .reason = "bought", .key = "k", .at = at(0s)},
                            std::move(done));
        });
        ASSERT_TRUE(bought.get());
        write(say::opened(1, "ann", "tom"));
        write(say::answered(1));
        write(say::completed(1, 60)); // 120 coins, of which 50 are unpaid
        write(say::opened(2, "ann", "tom"));
        write(say::missed(2));
        write(say::opened(3, "amy", "tim"));
        write(say::answered(3));
    }
    void spoil(std::string const& statement) {
        auto sql = file.connect();
        run_once(*sql, "DROP TRIGGER IF EXISTS ledger_is_not_changed");
        run_once(*sql, "DROP TRIGGER IF EXISTS ledger_is_not_deleted");
        run_once(*sql, statement);
    }
    std::string difference() {
        auto checked = check_sqlite_ledger(file.path());
        return checked ? "none" : checked.error();
    }
};

} // namespace

TEST_F(SqliteLedger, ThatIsRightIsCounted) {
    auto checked = check_sqlite_ledger(file.path());
    ASSERT_TRUE(checked) << checked.error();
    EXPECT_EQ(checked->accounts, 4);
    EXPECT_EQ(checked->entries, 3);
    EXPECT_EQ(checked->calls, 3);
}

TEST_F(SqliteLedger, IsCheckedBesideTheServerThatUsesIt) {
    sqlite_store const server{file.path(), {}, clock};
    EXPECT_EQ(difference(), "none");
}

TEST_F(SqliteLedger, RefusesChangesAndDeletions) {
    auto sql = file.connect();
    EXPECT_THROW(run_once(*sql, "UPDATE ledger SET amount = 0"), soci::soci_error);
    EXPECT_THROW(run_once(*sql, "DELETE FROM ledger"), soci::soci_error);
    EXPECT_THROW(run_once(*sql, "INSERT INTO ledger (account_id, call_id, amount, balance, reason, created_at) "
                                "SELECT account_id, call_id, amount, balance, reason, created_at FROM ledger"),
                 soci::soci_error)
        << "an entry per party and call";
    EXPECT_EQ(difference(), "none");
}

TEST_F(SqliteLedger, HasTheOtherSideOfEachEntryInTheHouse) {
    EXPECT_EQ(file.ask<int>("SELECT balance FROM house_accounts WHERE name = 'coins'"), -70);
    EXPECT_EQ(file.ask<int>("SELECT balance FROM house_accounts WHERE name = 'calls'"), 10) << "took 70, gave 60";
    EXPECT_EQ(file.ask<int>("SELECT SUM(coins) + (SELECT SUM(balance) FROM house_accounts) FROM accounts"), 0);
}

TEST_F(SqliteLedger, ThatLostItsGuardsIsWrong) {
    spoil("SELECT 1");
    EXPECT_EQ(difference(), "the ledger is to have 2 triggers that refuse changes and deletions, and has 0");
}

TEST_F(SqliteLedger, ThatDiffersIsFound) {
    struct {
        char const* change;
        char const* said;
    } const cases[] = {
        {"UPDATE accounts SET coins = 7 WHERE id = 'tim'", "account tim has 7 coins, and its entries come to 0"},
        {"DELETE FROM ledger WHERE entry_id = 3", "account tom has 60 coins, and its entries come to 0"},
        {"UPDATE ledger SET balance = 71 WHERE entry_id = 1",
         "entry 1 says a balance of 71, and the entries up to it come to 70"},
        {"UPDATE house_accounts SET balance = 11 WHERE name = 'calls'",
         "the house's account calls has 11 coins, and its sides of the entries come to 10"},
        {"UPDATE calls SET coins_unpaid = 40 WHERE coins_unpaid = 50",
         "is to move -80 coins of its caller, and moved -70"},
        {"UPDATE calls SET coins_earned = 61 WHERE coins_earned = 60",
         "is to move 61 coins of its callee, and moved 60"},
        {"UPDATE calls SET duration_s = 59 WHERE duration_s = 60", "costs 120 coins, and its duration comes to 118"},
        {"UPDATE calls SET duration_s = 5 WHERE status = 'MISSED'", "is not COMPLETED, and has a duration of 5 s"},
        {"UPDATE calls SET reason = NULL WHERE status = 'MISSED'", "its times and its reason say otherwise"},
        {"INSERT INTO call_events (call_id, at, type, by_account, device, node, details) "
         "SELECT call_id, at, type, by_account, device, node, details FROM call_events WHERE type = 'MISSED'",
         "is to have 1 final events, and has 2"},
        {"UPDATE call_events SET type = 'REJECTED' WHERE type = 'MISSED'",
         "is to have 1 events of its status, and has 0"},
        {"DELETE FROM active_parties WHERE account_id = 'tim'", "is to hold 2 parties, and holds 1"},
        {"INSERT INTO active_parties SELECT 'tom', id FROM calls WHERE status = 'ACCEPTED'",
         "account tom is held by a call that is not there or not its own"},
    };
    for (auto const& each : cases) {
        std::filesystem::remove(file.path());
        SetUp();
        spoil(each.change);
        EXPECT_THAT(difference(), HasSubstr(each.said)) << each.change;
    }
}

TEST_F(SqliteLedger, ThatIsNotThereOrIsOlderIsNamed) {
    run_once(*file.connect(), "UPDATE schema_version SET version = version - 1 WHERE version = 1");
    run_once(*file.connect(), "DELETE FROM schema_version WHERE version > 1");
    EXPECT_THAT([&] { (void)check_sqlite_ledger(file.path()); },
                ThrowsMessage<std::runtime_error>(HasSubstr("start its server")));
    EXPECT_THAT([&] { (void)check_sqlite_ledger(file.directory() / "none.db"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("there is no such file")));
}

} // namespace ringback::store
