#include "app/backup_command.hpp"

#include "store/sqlite/sqlite_backup.hpp"

#include <stdexcept>

namespace ringback::app {

void back_up(settings const& s, std::filesystem::path const& file) {
    if (!is_sqlite(s))
        throw std::runtime_error(
            "store.url names a PostgreSQL database: pg_dump makes its backups, see docs/operations.md");
    store::back_up_sqlite(database_file(s), file);
}

} // namespace ringback::app
