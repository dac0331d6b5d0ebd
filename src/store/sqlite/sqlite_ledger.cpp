#include "store/sqlite/sqlite_ledger.hpp"

#include "store/sql/schema.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/sqlite_database.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace ringback::store {

namespace {

constexpr ledger_rule guards[] = {
    {"{0} is to have {1} triggers that refuse changes and deletions, and has {2}",
     "SELECT 'the ledger', 2, COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger' "
     "AND name IN ('ledger_is_not_changed', 'ledger_is_not_deleted') HAVING COUNT(*) <> 2"},
};

} // namespace

std::expected<ledger_totals, std::string> check_sqlite_ledger(std::filesystem::path const& path) {
    auto sql = open_sqlite_to_read(path);
    run_once(*sql, "BEGIN");
    integer stored = 0;
    run_once(*sql, "SELECT COALESCE(MAX(version), 0) FROM schema_version", out(stored));
    if (auto known = static_cast<integer>(schema_steps().size()); stored != known)
        throw std::runtime_error(fmt::format(
            "the schema of {} has version {} and this release has {}: start its server", path.string(), stored, known));
    return check_ledger(*sql, guards);
}

} // namespace ringback::store
