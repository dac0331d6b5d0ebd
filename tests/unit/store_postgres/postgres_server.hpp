#pragma once

#include "contract/store_story.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sql/statement.hpp"

#include <soci/session.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace ringback::store::test {

/// A PostgreSQL server of our own, in a temporary directory, behind a socket in it. It ends with this object, and with
/// this process however that ends.
class postgres_server {
public:
    /// The folder of `postgres` and `initdb`; empty: not installed.
    [[nodiscard]] static std::filesystem::path programs();

    /// Throws std::runtime_error.
    postgres_server();
    ~postgres_server();
    postgres_server(postgres_server const&) = delete;
    postgres_server& operator=(postgres_server const&) = delete;

    /// `-QUIT` is a crash: nothing is tidied up.
    void stop(int signal);
    void start();
    /// Every process of the server stands still, or goes on.
    void signal_all(int signal) const;

    [[nodiscard]] std::filesystem::path socket() const { return directory_ / ".s.PGSQL.5432"; }
    [[nodiscard]] std::string url(std::string_view database) const;
    [[nodiscard]] std::unique_ptr<soci::session> connect(std::string_view database) const;

    /// The one of this program's tests, while they run.
    [[nodiscard]] static postgres_server& shared();

private:
    std::filesystem::path directory_;
    pid_t pid_ = -1;
};

/// A database of its own, empty, gone with it.
class postgres_database {
public:
    postgres_database();
    ~postgres_database();
    postgres_database(postgres_database const&) = delete;
    postgres_database& operator=(postgres_database const&) = delete;

    [[nodiscard]] std::string url() const { return server_.url(name_); }
    [[nodiscard]] std::unique_ptr<soci::session> connect() const { return server_.connect(name_); }
    /// The one value that `query` returns.
    template <typename Value>
    [[nodiscard]] Value ask(std::string const& query) const {
        Value value{};
        auto sql = connect();
        run_once(*sql, query, out(value));
        return value;
    }

private:
    postgres_server& server_;
    std::string name_;
};

/// The harness of the contract.
struct postgres_harness {
    contract::hand_clock clock;
    postgres_database database;
    postgres_config config = config_of(database);
    std::unique_ptr<postgres_store> opened = std::make_unique<postgres_store>(config, clock);

    [[nodiscard]] static postgres_config config_of(postgres_database const& d) {
        postgres_config c;
        c.url = d.url();
        c.webhooks = contract::webhook_terms();
        return c;
    }
    ports::call_store& store() { return *opened; }
    ports::webhook_outbox& outbox() { return *opened; }
    void close() { opened.reset(); }
    void open() { opened = std::make_unique<postgres_store>(config, clock); }
    ports::inheritance recover(wall_time now) {
        using namespace std::chrono_literals;
        return opened->take_over(now, {.untold_until = now + 60s, .sessions_until = now + 60s});
    }
    [[nodiscard]] std::vector<contract::ledger_line> ledger() const;
};

} // namespace ringback::store::test
