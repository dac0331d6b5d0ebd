#include "app/ledger_command.hpp"

#include "store/sqlite/sqlite_ledger.hpp"

#include <ostream>

namespace ringback::app {

bool verify_ledger(settings const& s, std::ostream& out) {
    auto checked = store::check_sqlite_ledger(database_file(s));
    if (checked)
        out << "ok: " << checked->accounts << " accounts, " << checked->entries << " entries, " << checked->calls
            << " calls\n";
    else
        out << "the ledger is wrong: " << checked.error() << '\n';
    return checked.has_value();
}

} // namespace ringback::app
