#include "store/postgres/postgres_database.hpp"

#include "store/postgres/postgres_link.hpp"
#include "store/postgres/postgres_url.hpp"
#include "store/sql/error_text.hpp"
#include "store/sql/migration.hpp"
#include "store/sql/schema.hpp"
#include "store/sql/statement.hpp"
#include "store/sql/watchdog.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace ringback::store {

namespace {

// Two numbers name an advisory lock; the first is ours, the second says whose: 0 is the schema's.
constexpr int lock_space = 0x52425354;
constexpr char const* lock_schema = "SELECT pg_advisory_xact_lock(1380078420, 0)";
static_assert(lock_space == 1380078420);

// 22: the value cannot be stored; 23: a constraint forbids it.
bool is_refusal(soci::soci_error const& error) noexcept {
    auto const state = sqlstate_of(error);
    return state.starts_with("22") || state.starts_with("23");
}

/// The session before ends, and this one begins when it is gone.
void take_over(soci::session& sql, session_owner owner) {
    integer const who = owner;
    run_once(sql,
             "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND "
             "CAST(classid AS BIGINT) = 1380078420 AND CAST(objid AS BIGINT) = :who AND pid <> pg_backend_pid()",
             in(who, "who"));
    run_once(sql, fmt::format("SELECT pg_advisory_lock(1380078420, {})", owner));
}

void set_up(soci::session& sql, postgres_config const& config) {
    run_once(sql, fmt::format("SET statement_timeout = {}", config.statement_timeout.count()));
    run_once(sql, fmt::format("SET lock_timeout = {}", config.lock_timeout.count()));
    // Each statement sees what is committed by then, so a conditional write meets the truth.
    run_once(sql, "SET default_transaction_isolation = 'read committed'");
    // What is announced is durable, whatever the database's default is; what waits for standbys too stays as it is.
    run_once(sql, "SELECT set_config('synchronous_commit', 'on', false) "
                  "WHERE current_setting('synchronous_commit') = 'off'");
}

open_database connect(std::string const& url) {
    auto sql = std::make_unique<soci::session>(soci::postgresql, url);
    auto link = std::make_unique<postgres_link>(*sql);
    run_once(*sql, "SET client_min_messages = warning"); // libpq writes notices to stderr, beside the log
    return {std::move(sql), {.begin = "BEGIN", .lock_schema = lock_schema, .is_refusal = is_refusal}, std::move(link)};
}

/// Whatever `open` throws, for the operator.
open_database told(std::function<open_database()> const& open) {
    try {
        return open();
    } catch (soci::soci_error const& e) {
        throw std::runtime_error("cannot open the database of store.url: " + one_line(e.get_error_message()));
    } catch (std::runtime_error const& e) {
        throw std::runtime_error(fmt::format("cannot open the database of store.url: {}", e.what()));
    }
}

} // namespace

open_database open_postgres(postgres_config const& config, session_owner owner, wall_time now) {
    return told([&] {
        open_database db = connect(complete_url(config));
        migrate(*db.sql, db.dialect, schema_steps(), now);
        set_up(*db.sql, config);
        take_over(*db.sql, owner);
        return db;
    });
}

open_database reopen_postgres(postgres_config const& config, std::optional<session_owner> owner) {
    return told([&] {
        open_database db = connect(complete_url(config));
        watchdog guard{config.connect_timeout};
        watchdog::watch const limit{guard, *db.link};
        set_up(*db.sql, config);
        if (owner) take_over(*db.sql, *owner);
        check_version(*db.sql, schema_steps());
        return db;
    });
}

} // namespace ringback::store
