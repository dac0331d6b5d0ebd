#pragma once

#include "store/postgres/postgres_config.hpp"
#include "store/sql/ledger_check.hpp"

#include <expected>
#include <string>

namespace ringback::store {

/// check_ledger() of a PostgreSQL store, also beside the server that uses it: nothing is written. Throws
/// std::runtime_error, without the password, when it cannot be opened or its schema is not that of this release.
[[nodiscard]] std::expected<ledger_totals, std::string> check_postgres_ledger(postgres_config const& config);

} // namespace ringback::store
