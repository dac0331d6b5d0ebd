#pragma once

#include "base/clock.hpp"
#include "store/sql/dialect.hpp"
#include "store/sqlite/sqlite_config.hpp"

#include <soci/session.h>

#include <filesystem>
#include <memory>

namespace ringback::store {

/// Opens the file, creates it (readable by its owner alone) when it does not exist, and brings its schema up to date.
/// Throws std::runtime_error, with a message for the operator that names the file, when it cannot.
[[nodiscard]] open_database open_sqlite(std::filesystem::path const& path, sqlite_config const& config, wall_time now);

/// Opens a file that exists, to be read alone. Throws as open_sqlite().
[[nodiscard]] std::unique_ptr<soci::session> open_sqlite_to_read(std::filesystem::path const& path);

} // namespace ringback::store
