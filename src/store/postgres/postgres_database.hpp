#pragma once

#include "base/clock.hpp"
#include "store/postgres/postgres_config.hpp"
#include "store/sql/dialect.hpp"

#include <cstdint>
#include <optional>

namespace ringback::store {

/// Who holds the sessions of one store: what the next session ends before it begins. Whoever has lost a session cannot
/// know whether the server still works on what was last asked there; with the same number the new session waits until
/// the old one is gone, so that afterwards the tables tell the truth.
using session_owner = std::int32_t;

/// Connects and brings the schema up to date. Throws std::runtime_error, with a message for the operator and without
/// the password, when it cannot.
[[nodiscard]] open_database open_postgres(postgres_config const& config, session_owner owner, wall_time now);

/// Connects to a database whose schema is this release's; nullopt: a session that only reads. Takes a few seconds at
/// most, even when the server accepts a connection and says no more. Throws like open_postgres().
[[nodiscard]] open_database reopen_postgres(postgres_config const& config, std::optional<session_owner> owner);

} // namespace ringback::store
