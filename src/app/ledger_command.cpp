#include "app/ledger_command.hpp"

#include "store/postgres/postgres_ledger.hpp"
#include "store/sqlite/sqlite_ledger.hpp"

#include <ostream>

namespace ringback::app {

namespace {

auto check(settings const& s) {
    if (is_sqlite(s)) return store::check_sqlite_ledger(database_file(s));
    store::postgres_config config;
    config.url = s.store.url;
    return store::check_postgres_ledger(config);
}

} // namespace

bool verify_ledger(settings const& s, std::ostream& out) {
    auto checked = check(s);
    if (checked)
        out << "ok: " << checked->accounts << " accounts, " << checked->entries << " entries, " << checked->calls
            << " calls\n";
    else
        out << "the ledger is wrong: " << checked.error() << '\n';
    return checked.has_value();
}

} // namespace ringback::app
