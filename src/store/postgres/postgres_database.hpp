#pragma once

#include "base/clock.hpp"
#include "store/postgres/postgres_config.hpp"
#include "store/sql/dialect.hpp"

#include <cstdint>

namespace ringback::store {

/// Who holds the sessions of one store: what the next session ends before it begins. Whoever has lost a session cannot
/// know whether the server still works on what was last asked there; with the same number the new session waits until
/// the old one is gone, so that afterwards the tables tell the truth.
using session_owner = std::int32_t;

/// Connects and brings the schema up to date. Throws std::runtime_error, with a message for the operator and without
/// the password, when it cannot.
[[nodiscard]] open_database open_postgres(postgres_config const& config, session_owner owner, wall_time now);

} // namespace ringback::store
