#pragma once

#include "base/clock.hpp"
#include "store/postgres/postgres_config.hpp"
#include "store/sql/sql_store.hpp"

namespace ringback::store {

/// The call store in a PostgreSQL database (15 or newer), which several nodes may share. Every answer `ok` is as
/// durable as the server makes a commit.
class postgres_store final : public sql_store {
public:
    /// Throws std::runtime_error, with a message that does not hold the password, when the database cannot be reached
    /// or was written by a newer release. Keeps `clock` until it is destroyed.
    postgres_store(postgres_config const& config, clock_source const& clock);
};

} // namespace ringback::store
