#pragma once

#include "base/clock.hpp"
#include "store/sql/sql_store.hpp"
#include "store/sqlite/sqlite_config.hpp"

#include <filesystem>

namespace ringback::store {

/// The call store in one SQLite file: the store of a single node. Every answer `ok` is on the disk (write-ahead log,
/// synchronous = FULL); a crash or a power cut at any moment leaves whole writes.
class sqlite_store final : public sql_store {
public:
    /// Throws std::runtime_error, with a message that names the file, when it cannot be opened or created, is no SQLite
    /// database, or was written by a newer release. Keeps `clock` until it is destroyed.
    sqlite_store(std::filesystem::path const& path, sqlite_config const& config, clock_source const& clock);
};

} // namespace ringback::store
