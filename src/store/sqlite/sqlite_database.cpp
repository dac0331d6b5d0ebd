#include "store/sqlite/sqlite_database.hpp"

#include "store/sql/migration.hpp"
#include "store/sql/schema.hpp"
#include "store/sql/statement.hpp"

#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>

namespace ringback::store {

namespace {

bool is_refusal(soci::soci_error const& error) noexcept {
    auto const* known = dynamic_cast<soci::sqlite3_soci_error const*>(&error);
    return known != nullptr && (known->result() & 0xff) == SQLITE_CONSTRAINT;
}

// For the whole process, before SQLite's first use in it; too late, and all is as slow and as right as before. A
// connection belongs to one thread here, and nobody asks how much memory SQLite has: without the locks for both, a call
// cost a seventh less.
void configure_once() {
    static bool const is_done = [] {
        sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    }();
    (void)is_done;
}

// SQLite would create it readable by all. The files beside it (-wal, -shm) get the permissions of this one.
void create_private(std::string const& file) {
    int const fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) throw std::system_error(errno, std::generic_category());
    ::close(fd);
}

// SOCI takes a line of `key=value`, with quotes but without a way to escape them.
std::string connect_line(std::string const& file) {
    if (file.find('"') != std::string::npos) throw std::runtime_error("a path with a quotation mark is not supported");
    return "db=\"" + file + "\"";
}

void set_up(soci::session& sql, sqlite_config const& config) {
    run_once(sql, fmt::format("PRAGMA busy_timeout = {}", config.busy_timeout.count()));

    // The write-ahead log: a commit appends to one file and needs one fsync, and readers of other processes do not
    // disturb. The mode is a property of the file, so this is also the first access that finds out what the file is.
    std::string mode;
    run_once(sql, "PRAGMA journal_mode = WAL", out(mode));
    if (mode != "wal") throw std::runtime_error("the file system does not allow a write-ahead log (shared memory)");
    // NORMAL, the usual choice with a log, would not wait for the disk: a power cut could take calls that were
    // announced.
    run_once(sql, "PRAGMA synchronous = FULL");
    run_once(sql, "PRAGMA foreign_keys = ON");

    // Each group writes the pages at the ends of the tables again; the longer the log may grow before they are copied
    // into the file, the more of these writes are saved. 16 MiB are still read in a moment after a crash.
    run_once(sql, "PRAGMA wal_autocheckpoint = 4096");
    run_once(sql, "PRAGMA journal_size_limit = 67108864"); // what a burst left behind is given back above 64 MiB
    run_once(sql, "PRAGMA cache_size = -32768");           // 32 MiB instead of 2: accounts are read at random
    run_once(sql, "PRAGMA temp_store = MEMORY");           // sorting a page of a list needs no file
    // No mmap_size: an I/O error would be a signal instead of an error. Pages stay at 4 KiB, what a disk writes at
    // once.
}

} // namespace

namespace {

// What `open` makes of the file, or an error that names it.
template <typename Open>
auto opened(std::filesystem::path const& path, Open&& open) {
    std::string const file = std::filesystem::absolute(path).string(); // never `:memory:`, nor a `file:` address
    try {
        configure_once();
        return open(file);
    } catch (soci::soci_error const& e) {
        throw std::runtime_error(fmt::format("cannot open the database {}: {}", file, e.get_error_message()));
    } catch (std::system_error const& e) {
        throw std::runtime_error(fmt::format("cannot open the database {}: {}", file, e.code().message()));
    } catch (std::runtime_error const& e) {
        throw std::runtime_error(fmt::format("cannot open the database {}: {}", file, e.what()));
    }
}

} // namespace

open_database open_sqlite(std::filesystem::path const& path, sqlite_config const& config, wall_time now) {
    return opened(path, [&](std::string const& file) {
        create_private(file);
        open_database db{std::make_unique<soci::session>(soci::sqlite3, connect_line(file)),
                         {.begin = "BEGIN IMMEDIATE", .lock_schema = {}, .is_refusal = is_refusal},
                         nullptr};
        set_up(*db.sql, config);
        migrate(*db.sql, db.dialect, schema_steps(), now);
        return db;
    });
}

std::unique_ptr<soci::session> open_sqlite_to_read(std::filesystem::path const& path) {
    return opened(path, [](std::string const& file) {
        if (!std::filesystem::exists(file)) throw std::runtime_error("there is no such file");
        auto sql = std::make_unique<soci::session>(soci::sqlite3, connect_line(file));
        // Not opened read-only: after a crash somebody has to bring the log's index up to date.
        run_once(*sql, "PRAGMA query_only = ON");
        run_once(*sql, fmt::format("PRAGMA busy_timeout = {}", sqlite_config{}.busy_timeout.count()));
        return sql;
    });
}

} // namespace ringback::store
