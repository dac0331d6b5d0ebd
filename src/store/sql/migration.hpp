#pragma once

#include "base/clock.hpp"
#include "store/sql/dialect.hpp"

#include <span>
#include <string_view>

namespace ringback::store {

/// One step of the schema: the statements that lead from the version before to the next one.
using migration = std::span<std::string_view const>;

/// Brings the database to version `steps.size()`: step n leads from version n to n + 1. All in one transaction, so that
/// a crash leaves the old version or the new one, and of two processes that start together one finds the work done.
/// Throws std::runtime_error when the database is newer than `steps`, soci::soci_error when it does not let us.
/// A step that was released is never changed; what is to be changed becomes a step of its own.
void migrate(soci::session& sql, store::dialect const& dialect, std::span<migration const> steps, wall_time now);

/// Throws std::runtime_error unless the database has version `steps.size()`.
void check_version(soci::session& sql, std::span<migration const> steps);

} // namespace ringback::store
