#include "contract/store_contract.hpp"
#include "unit/store_sqlite/sqlite_file.hpp"

namespace ringback::contract {

RINGBACK_STORE_CONTRACT(Sqlite, store::test::sqlite_harness);

} // namespace ringback::contract
