#include "store/sql/migration.hpp"
#include "store/sql/schema.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "unit/store_sqlite/sqlite_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::store {

using contract::at;
using contract::hand_clock;
using test::sqlite_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using namespace std::chrono_literals;

namespace {

struct SqliteFile : testing::Test {
    sqlite_file file;
    hand_clock clock;

    void open() { sqlite_store const store{file.path(), {}, clock}; }
    [[nodiscard]] open_database connect() const { return open_sqlite(file.path(), {}, at(0s)); }
};

template <typename Value>
Value pragma(soci::session& sql, std::string const& name) {
    Value value{};
    run_once(sql, "PRAGMA " + name, out(value));
    return value;
}

} // namespace

// Opening ------------------------------------------------------------------------------------------------------------

TEST_F(SqliteFile, IsMadeAndOnlyItsOwnerCanReadIt) {
    using std::filesystem::perms;
    sqlite_store const store{file.path(), {}, clock};
    std::size_t seen = 0;
    for (auto const& entry : std::filesystem::directory_iterator{file.directory()}) {
        EXPECT_EQ(entry.status().permissions(), perms::owner_read | perms::owner_write) << entry.path();
        ++seen;
    }
    EXPECT_EQ(seen, 3u) << "the database, its log and its shared memory";
}

TEST_F(SqliteFile, CommitsWaitForTheDiskAndForeignKeysHold) {
    auto db = connect();
    EXPECT_EQ(pragma<std::string>(*db.sql, "journal_mode"), "wal");
    EXPECT_EQ(pragma<int>(*db.sql, "synchronous"), 2) << "FULL";
    EXPECT_EQ(pragma<int>(*db.sql, "wal_autocheckpoint"), 4096) << "pages: 16 MiB";
    EXPECT_EQ(pragma<int>(*db.sql, "journal_size_limit"), 67'108'864);
    EXPECT_EQ(pragma<int>(*db.sql, "foreign_keys"), 1);
    EXPECT_EQ(pragma<int>(*db.sql, "busy_timeout"), 2000);
    EXPECT_EQ(pragma<std::string>(*db.sql, "integrity_check"), "ok");
}

TEST_F(SqliteFile, APathMayHaveBlanksAndEqualsSigns) {
    auto const path = file.directory() / "file: of = calls ?mode=memory";
    {
        sqlite_store const store{path, {}, clock};
    }
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(SqliteFile, APathThatCannotBeOpenedIsNamed) {
    auto opening = [](std::filesystem::path const& path) { return [path] { (void)open_sqlite(path, {}, at(0s)); }; };
    EXPECT_THAT(opening(file.directory() / "no" / "calls.db"),
                ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("/no/calls.db"), HasSubstr("No such file"))));
    EXPECT_THAT(opening(file.directory()), ThrowsMessage<std::runtime_error>(HasSubstr("Is a directory")));
    EXPECT_THAT(opening(file.directory() / "a\"b"), ThrowsMessage<std::runtime_error>(HasSubstr("quotation mark")));
}

TEST_F(SqliteFile, WhatIsNoDatabaseIsLeftAlone) {
    std::string const text = "Dear diary, this is no database at all. " + std::string(4096, '.');
    std::ofstream{file.path()} << text;
    EXPECT_THAT([this] { open(); },
                ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("calls.db"), HasSubstr("not a database"))));
    std::ifstream in{file.path()};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{in}, {}}), text);
}

TEST_F(SqliteFile, ADamagedFileIsRefused) {
    open();
    std::fstream damaged{file.path(), std::ios::in | std::ios::out | std::ios::binary};
    damaged.seekp(100); // behind the header of the file: the page that lists the tables
    damaged << std::string(8192, '\xff');
    damaged.close();
    EXPECT_THAT([this] { open(); },
                ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("calls.db"), HasSubstr("malformed"))));
}

// Schema -------------------------------------------------------------------------------------------------------------

TEST_F(SqliteFile, ANewerSchemaIsRefusedAndLeftAlone) {
    open();
    run_once(*file.connect(), "INSERT INTO schema_version (version, applied_at) VALUES (99, 0)");
    EXPECT_THAT([this] { open(); }, ThrowsMessage<std::runtime_error>(
                                        AllOf(HasSubstr("calls.db"), HasSubstr("version 99"), HasSubstr("newer"))));
    EXPECT_EQ(file.ask<int>("SELECT MAX(version) FROM schema_version"), 99);
}

TEST_F(SqliteFile, TheSchemaIsAppliedOnceAndSaysWhen) {
    open();
    clock.advance(1h);
    open();
    EXPECT_EQ(file.ask<int>("SELECT COUNT(*) FROM schema_version"), static_cast<int>(schema_steps().size()));
    EXPECT_EQ(file.ask<long long>("SELECT MAX(applied_at) FROM schema_version"), at(0s).time_since_epoch().count());
}

TEST_F(SqliteFile, StepsAreAppliedInOrderFromWhereTheDatabaseIs) {
    auto db = connect();
    std::array<std::string_view, 1> const second{"CREATE TABLE second (x INTEGER)"};
    std::array<std::string_view, 2> const third{"INSERT INTO second VALUES (2)", "INSERT INTO second VALUES (3)"};
    std::vector<migration> steps{schema_steps().begin(), schema_steps().end()};
    auto const before = static_cast<int>(steps.size());
    steps.emplace_back(second);
    steps.emplace_back(third);
    migrate(*db.sql, db.dialect, steps, at(1s));
    EXPECT_EQ(file.ask<int>("SELECT SUM(x) FROM second"), 5);
    EXPECT_EQ(file.ask<int>("SELECT MAX(version) FROM schema_version"), before + 2);
}

TEST_F(SqliteFile, TheLastSignOfLifeOfAnOlderReleaseIsThatOfTheServerWithoutACluster) {
    soci::session sql{soci::sqlite3, "db=\"" + file.path().string() + "\""};
    migrate(sql, {.begin = "BEGIN IMMEDIATE", .lock_schema = {}, .is_refusal = nullptr}, schema_steps().first(6),
            at(0s));
    run_once(sql, "INSERT INTO liveness (id, alive_at) VALUES (1, 12345)");
    open();
    EXPECT_EQ(file.ask<int>("SELECT alive_at FROM nodes WHERE number = 0 AND lost_at IS NULL"), 12345);
}

TEST_F(SqliteFile, AStepThatFailsLeavesTheOldSchema) {
    auto db = connect();
    std::array<std::string_view, 1> const good{"CREATE TABLE second (x INTEGER)"};
    std::array<std::string_view, 2> const bad{"CREATE TABLE third (x INTEGER)", "INSERT INTO nowhere VALUES (1)"};
    std::vector<migration> steps{schema_steps().begin(), schema_steps().end()};
    auto const before = static_cast<int>(steps.size());
    steps.emplace_back(good);
    steps.emplace_back(bad);
    EXPECT_THROW(migrate(*db.sql, db.dialect, steps, at(1s)), soci::soci_error);
    EXPECT_EQ(file.ask<int>("SELECT MAX(version) FROM schema_version"), before);
    EXPECT_EQ(file.ask<int>("SELECT COUNT(*) FROM sqlite_master WHERE name IN ('second', 'third')"), 0);
}

TEST_F(SqliteFile, TheLedgerIsOnlyAppendedTo) {
    auto db = connect();
    run_once(*db.sql, "INSERT INTO accounts VALUES ('ann', 'USER', NULL, NULL, '', '', 'ACTIVE', NULL, 0, 0, 0, 0)");
    run_once(*db.sql,
             "INSERT INTO ledger (account_id, amount, balance, reason, created_at) VALUES ('ann', 5, 5, 'gift', 0)");
    EXPECT_THROW(run_once(*db.sql, "UPDATE ledger SET amount = 6"), soci::soci_error);
    EXPECT_THROW(run_once(*db.sql, "DELETE FROM ledger"), soci::soci_error);
    EXPECT_EQ(file.ask<int>("SELECT amount FROM ledger"), 5);
}

TEST_F(SqliteFile, ListsAreReadThroughTheirIndexes) {
    open();
    auto plan_of = [this](std::string const& query) {
        auto sql = file.connect();
        std::string step, plan;
        int skipped = 0;
        auto explain =
            prepared(*sql, "EXPLAIN QUERY PLAN " + query, out(skipped), out(skipped), out(skipped), out(step));
        for_each_row(explain, [&] { plan += step + "\n"; });
        return plan;
    };
    EXPECT_THAT(plan_of("SELECT number FROM calls WHERE caller_id = 'ann' AND (created_at, number) < (9, 9) "
                        "ORDER BY created_at DESC, number DESC LIMIT 5"),
                AllOf(HasSubstr("calls_made"), testing::Not(HasSubstr("TEMP B-TREE"))));
    EXPECT_THAT(plan_of("SELECT id FROM accounts WHERE role = 'TELECALLER' AND status = 'ACTIVE' AND approval = "
                        "'APPROVED' AND (created_at, id) < (9, 'x') ORDER BY created_at DESC, id DESC LIMIT 5"),
                AllOf(HasSubstr("INDEX telecallers "), testing::Not(HasSubstr("TEMP B-TREE"))));
    EXPECT_THAT(plan_of("SELECT id FROM accounts WHERE role = 'TELECALLER' AND status = 'ACTIVE' AND approval = "
                        "'APPROVED' AND language = 'de' AND (created_at, id) < (9, 'x') "
                        "ORDER BY created_at DESC, id DESC LIMIT 5"),
                AllOf(HasSubstr("telecallers_of_language"), testing::Not(HasSubstr("TEMP B-TREE"))));
    EXPECT_THAT(plan_of("SELECT type FROM call_events WHERE call_id = 'x' ORDER BY number"),
                AllOf(HasSubstr("events_of_call"), testing::Not(HasSubstr("TEMP B-TREE"))));
}

} // namespace ringback::store
