#include "store/sqlite/sqlite_store.hpp"

#include "store/sqlite/sqlite_database.hpp"

namespace ringback::store {

sqlite_store::sqlite_store(std::filesystem::path const& path, sqlite_config const& config, clock_source const& clock)
    : sql_store{{.first = [&] { return open_sqlite(path, config, clock.now().wall); }, .again = {}, .reader = {}},
                config,
                clock} {}

} // namespace ringback::store
