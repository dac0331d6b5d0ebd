#include "app/store_opening.hpp"

#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <utility>

namespace ringback::app {

std::unique_ptr<store::sql_store> open_store(settings const& s, std::string node, clock_source const& clock) {
    if (is_sqlite(s)) {
        store::sqlite_config config;
        config.node = std::move(node);
        return std::make_unique<store::sqlite_store>(database_file(s), config, clock);
    }
    store::postgres_config config;
    config.node = std::move(node);
    config.readers = s.store.pool - 1;
    config.url = s.store.url;
    return std::make_unique<store::postgres_store>(config, clock);
}

} // namespace ringback::app
