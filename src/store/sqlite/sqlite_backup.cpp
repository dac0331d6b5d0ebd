#include "store/sqlite/sqlite_backup.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ringback::store {

namespace fs = std::filesystem;

namespace {

struct closed {
    void operator()(sqlite3* file) const noexcept { sqlite3_close(file); }
};
using database_handle = std::unique_ptr<sqlite3, closed>;

[[noreturn]] void fail(fs::path const& file, std::string_view why) {
    throw std::runtime_error(fmt::format("{}: {}", file.string(), why));
}

database_handle opened(fs::path const& file, int flags) {
    sqlite3* raw = nullptr;
    int const code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    database_handle made{raw};
    if (code != SQLITE_OK) fail(file, sqlite3_errstr(code));
    sqlite3_busy_timeout(raw, 5000);
    return made;
}

/// The first row's first column.
std::string ask(sqlite3* file, fs::path const& name, char const* query) {
    sqlite3_stmt* raw = nullptr;
    int const code = sqlite3_prepare_v2(file, query, -1, &raw, nullptr);
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> const statement{raw, &sqlite3_finalize};
    if (code != SQLITE_OK || sqlite3_step(raw) != SQLITE_ROW) fail(name, sqlite3_errmsg(file));
    return reinterpret_cast<char const*>(sqlite3_column_text(raw, 0));
}

void copy(sqlite3* from, sqlite3* to, fs::path const& name) {
    auto* const work = sqlite3_backup_init(to, "main", from, "main");
    if (work == nullptr) fail(name, sqlite3_errmsg(to));
    sqlite3_backup_step(work, -1); // in one go: between two steps a write would make it begin anew
    int const code = sqlite3_backup_finish(work);
    if (code != SQLITE_OK) fail(name, sqlite3_errstr(code));
}

void sync(fs::path const& path) {
    int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    int const done = fd < 0 ? -1 : ::fsync(fd);
    int const error = errno;
    if (fd >= 0) ::close(fd);
    if (done != 0) fail(path, std::generic_category().message(error));
}

/// Readable by its owner alone, like the original.
void create_private(fs::path const& file) {
    int const fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) fail(file, std::generic_category().message(errno));
    ::close(fd);
}

void write_copy(fs::path const& from, fs::path const& to) {
    auto const source = opened(from, SQLITE_OPEN_READWRITE);
    auto const target = opened(to, SQLITE_OPEN_READWRITE);
    copy(source.get(), target.get(), to);
    ask(target.get(), to,
        "PRAGMA journal_mode = DELETE"); // one file, with nothing beside it; a server sets its mode again
    if (auto const found = ask(target.get(), to, "PRAGMA integrity_check"); found != "ok")
        fail(to, "the copy is damaged: " + found);
}

} // namespace

void back_up_sqlite(fs::path const& from, fs::path const& to) {
    if (!fs::exists(from)) fail(from, "no such database");
    if (fs::exists(to)) fail(to, "exists already");
    fs::path const unfinished = to.string() + ".unfinished";
    create_private(unfinished);
    try {
        write_copy(from, unfinished);
        sync(unfinished);
        // Not rename(), which would replace what came there meanwhile.
        std::error_code error;
        fs::create_hard_link(unfinished, to, error);
        if (error) fail(to, error.message());
    } catch (...) {
        std::error_code ignored;
        fs::remove(unfinished, ignored);
        throw;
    }
    fs::remove(unfinished);
    sync(fs::absolute(to).parent_path());
}

} // namespace ringback::store
