#pragma once

#include "contract/store_story.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <soci/session.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ringback::store::test {

/// A directory of its own, gone with it, and the name of a database in it.
class sqlite_file {
public:
    sqlite_file() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ringback-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        directory_ = pattern;
    }
    ~sqlite_file() { std::filesystem::remove_all(directory_); }
    sqlite_file(sqlite_file const&) = delete;
    sqlite_file& operator=(sqlite_file const&) = delete;

    [[nodiscard]] std::filesystem::path const& directory() const { return directory_; }
    [[nodiscard]] std::filesystem::path path() const { return directory_ / "calls.db"; }

    /// Another process, as far as SQLite can tell; it waits while the store writes.
    [[nodiscard]] std::unique_ptr<soci::session> connect() const {
        auto sql = std::make_unique<soci::session>(soci::sqlite3, "db=\"" + path().string() + "\"");
        run_once(*sql, "PRAGMA busy_timeout = 10000");
        return sql;
    }
    /// The one value that `query` returns.
    template <typename Value>
    [[nodiscard]] Value ask(std::string const& query) const {
        Value value{};
        auto sql = connect();
        run_once(*sql, query, out(value));
        return value;
    }

private:
    std::filesystem::path directory_;
};

/// The harness of the contract.
struct sqlite_harness {
    contract::hand_clock clock;
    sqlite_file file;
    sqlite_config config{{.webhooks = contract::webhook_terms()}};
    std::unique_ptr<sqlite_store> opened = std::make_unique<sqlite_store>(file.path(), config, clock);

    ports::call_store& store() { return *opened; }
    ports::webhook_outbox& outbox() { return *opened; }
    void close() { opened.reset(); }
    void open() { opened = std::make_unique<sqlite_store>(file.path(), config, clock); }
    ports::inheritance recover(wall_time now) {
        using namespace std::chrono_literals;
        return opened->take_over(now, {.untold_until = now + 60s, .sessions_until = now + 60s});
    }

    std::vector<contract::ledger_line> ledger() {
        auto sql = file.connect();
        contract::ledger_line line;
        long long amount = 0, balance = 0;
        auto all =
            prepared(*sql, "SELECT account_id, COALESCE(call_id, ''), amount, balance FROM ledger ORDER BY entry_id",
                     out(line.account), out(line.call), out(amount), out(balance));
        std::vector<contract::ledger_line> lines;
        for_each_row(all, [&] {
            line.amount = amount;
            line.balance = balance;
            lines.push_back(line);
        });
        return lines;
    }
};

} // namespace ringback::store::test
