#include "store/sql/migration.hpp"

#include "store/sql/columns.hpp"
#include "store/sql/failpoint.hpp"
#include "store/sql/statement.hpp"
#include "store/sql/transactions.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace ringback::store {

namespace {

integer stored_version(soci::session& sql) {
    integer stored = 0;
    run_once(sql, "SELECT COALESCE(MAX(version), 0) FROM schema_version", out(stored));
    return stored;
}

void apply(soci::session& sql, store::dialect const& dialect, std::span<migration const> steps, wall_time now) {
    if (!dialect.lock_schema.empty()) run_once(sql, dialect.lock_schema);
    run_once(sql, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, "
                  "applied_at BIGINT NOT NULL)");
    auto const known = static_cast<integer>(steps.size());
    integer const stored = stored_version(sql);
    if (stored > known)
        throw std::runtime_error(
            fmt::format("its schema has version {} and this release knows up to {}: start a newer one", stored, known));

    integer const applied_at = to_column(now);
    for (integer version = stored; version < known;) {
        for (std::string_view statement : steps[static_cast<std::size_t>(version)])
            if (!spoken(statement, database_of(sql)).empty()) run_once(sql, statement);
        ++version;
        run_once(sql, "INSERT INTO schema_version (version, applied_at) VALUES (:version, :applied_at)",
                 in(version, "version"), in(applied_at, "applied_at"));
    }
}

} // namespace

void migrate(soci::session& sql, store::dialect const& dialect, std::span<migration const> steps, wall_time now) {
    transactions transaction{sql, dialect};
    transaction.begin();
    try {
        apply(sql, dialect, steps, now);
        failpoint("before", "migration");
        transaction.commit();
        failpoint("after", "migration");
    } catch (...) {
        transaction.roll_back();
        throw;
    }
}

void check_version(soci::session& sql, std::span<migration const> steps) {
    auto const known = static_cast<integer>(steps.size());
    integer const stored = stored_version(sql);
    if (stored != known)
        throw std::runtime_error(fmt::format("its schema has version {} and this server works with {}", stored, known));
}

} // namespace ringback::store
