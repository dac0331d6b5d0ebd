#pragma once

#include "store/sql/migration.hpp"

#include <span>

namespace ringback::store {

/// The schema of the SQLite store, from the empty database on.
[[nodiscard]] std::span<migration const> sqlite_migrations() noexcept;

} // namespace ringback::store
