#include "contract/store_contract.hpp"
#include "unit/store_postgres/postgres_server.hpp"

namespace ringback::contract {

RINGBACK_STORE_CONTRACT(Postgres, store::test::postgres_harness);

} // namespace ringback::contract
