#pragma once

#include "store/sql/ledger_check.hpp"

#include <expected>
#include <filesystem>
#include <string>

namespace ringback::store {

/// check_ledger() of a SQLite store, also beside the server that uses it: nothing is written. Throws
/// std::runtime_error, with a message that names the file, when there is none or its schema is not that of this
/// release.
[[nodiscard]] std::expected<ledger_totals, std::string> check_sqlite_ledger(std::filesystem::path const& path);

} // namespace ringback::store
