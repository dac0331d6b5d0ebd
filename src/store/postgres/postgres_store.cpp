#include "store/postgres/postgres_store.hpp"

#include "base/random.hpp"
#include "store/postgres/postgres_database.hpp"

#include <cstring>
#include <span>

namespace ringback::store {

namespace {

session_owner new_owner() {
    session_owner number = 0;
    fill_random(std::as_writable_bytes(std::span{&number, 1}));
    return (number & 0x7fffffff) | 1; // 0 is the schema's
}

database_source source_of(postgres_config const& config, clock_source const& clock) {
    session_owner const owner = new_owner();
    return {.first = [=, &clock] { return open_postgres(config, owner, clock.now().wall); },
            .again = [=] { return reopen_postgres(config, owner); },
            .reader = [=] { return reopen_postgres(config, std::nullopt); }};
}

} // namespace

postgres_store::postgres_store(postgres_config const& config, clock_source const& clock)
    : sql_store{source_of(config, clock), config, clock} {}

} // namespace ringback::store
