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

} // namespace

postgres_store::postgres_store(postgres_config const& config, clock_source const& clock)
    : sql_store{open_postgres(config, new_owner(), clock.now().wall), config, clock} {}

} // namespace ringback::store
