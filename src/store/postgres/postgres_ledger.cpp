#include "store/postgres/postgres_ledger.hpp"

#include "store/postgres/postgres_database.hpp"
#include "store/sql/statement.hpp"

namespace ringback::store {

namespace {

constexpr ledger_rule guards[] = {
    {"{0} is to have {1} trigger that refuses changes and deletions, and has {2}",
     "SELECT 'the ledger', CAST(1 AS BIGINT), COUNT(*) FROM pg_trigger WHERE tgrelid = CAST('ledger' AS regclass) "
     "AND tgname = 'ledger_is_not_changed' AND tgenabled <> 'D' HAVING COUNT(*) <> 1"},
};

} // namespace

std::expected<ledger_totals, std::string> check_postgres_ledger(postgres_config const& config) {
    auto opened = reopen_postgres(config, std::nullopt);
    run_once(*opened.sql, "SET statement_timeout = 0"); // it reads all of it
    run_once(*opened.sql, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return check_ledger(*opened.sql, guards);
}

} // namespace ringback::store
