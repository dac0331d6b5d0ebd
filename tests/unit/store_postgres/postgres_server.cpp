#include "unit/store_postgres/postgres_server.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ringback::store::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// Whom the server runs as: PostgreSQL refuses to be root. nullptr: as we do.
passwd const* other_user() {
    if (::geteuid() != 0) return nullptr;
    auto const* found = ::getpwnam("postgres");
    return found != nullptr ? found : ::getpwnam("nobody");
}

/// A child with its output in `log`; it ends when this process does.
pid_t spawn(std::vector<std::string> const& line, fs::path const& log) {
    std::vector<char*> words;
    for (auto const& word : line)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    passwd const* const user = other_user();
    pid_t const child = ::fork();
    if (child != 0) return child;
    int const out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(out, 1);
    ::dup2(out, 2);
    bool const is_user = user == nullptr || (::setgid(user->pw_gid) == 0 && ::setuid(user->pw_uid) == 0);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (is_user && ::chdir("/") == 0) ::execv(words[0], words.data());
    ::_exit(127);
}

int result_of(pid_t child) {
    int how = 0;
    while (::waitpid(child, &how, 0) < 0 && errno == EINTR) {
    }
    return how;
}

std::string text_of_file(fs::path const& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The processes whose parent is `parent`.
std::vector<pid_t> children_of(pid_t parent) {
    std::ifstream in{fmt::format("/proc/{0}/task/{0}/children", parent)};
    std::vector<pid_t> found;
    for (pid_t child = 0; in >> child;)
        found.push_back(child);
    return found;
}

} // namespace

fs::path postgres_server::programs() {
    std::vector<fs::path> candidates;
    std::error_code ignored;
    for (auto const& version : fs::directory_iterator{"/usr/lib/postgresql", ignored})
        candidates.push_back(version.path() / "bin");
    for (auto const& folder : candidates)
        if (fs::exists(folder / "postgres") && fs::exists(folder / "initdb")) return folder;
    return {};
}

postgres_server::postgres_server() {
    std::string pattern = (fs::temp_directory_path() / "ringback-pg-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    if (auto const* user = other_user(); user != nullptr && ::chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("the temporary directory cannot be given to the server's user");
    auto const log = directory_ / "initdb.log";
    pid_t const made = spawn({programs() / "initdb", "-D", directory_ / "data", "-U", "ringback", "--auth=trust",
                              "--no-sync", "--encoding=UTF8", "--locale=C"},
                             log);
    if (result_of(made) != 0) throw std::runtime_error("initdb failed: " + text_of_file(log));
    start();
}

void postgres_server::start() {
    // No fsync: what is tested is the server's death, not the machine's.
    pid_ = spawn({programs() / "postgres", "-D", directory_ / "data", "-k", directory_, "-h", "", "-c", "fsync=off",
                  "-c", "max_connections=50", "-c", "shared_buffers=16MB"},
                 directory_ / "server.log");
    for (auto const end = std::chrono::steady_clock::now() + 60s; std::chrono::steady_clock::now() < end;) {
        try {
            (void)connect("postgres");
            return;
        } catch (soci::soci_error const&) {
            std::this_thread::sleep_for(20ms); // between two questions
        }
    }
    throw std::runtime_error("PostgreSQL does not start: " + text_of_file(directory_ / "server.log"));
}

void postgres_server::stop(int signal) {
    if (pid_ < 0) return;
    ::kill(pid_, signal);
    result_of(std::exchange(pid_, -1));
}

void postgres_server::signal_all(int signal) const {
    if (signal == SIGSTOP) ::kill(pid_, signal);
    for (pid_t child : children_of(pid_))
        ::kill(child, signal);
    if (signal != SIGSTOP) ::kill(pid_, signal);
}

postgres_server::~postgres_server() {
    stop(SIGINT);
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

std::string postgres_server::url(std::string_view database) const {
    return fmt::format("postgresql://ringback@/{}?host={}", database, directory_.string());
}

std::unique_ptr<soci::session> postgres_server::connect(std::string_view database) const {
    return std::make_unique<soci::session>(soci::postgresql, url(database));
}

namespace {

std::unique_ptr<postgres_server> running;

struct server_of_all_tests final : testing::Environment {
    void SetUp() override {
        if (postgres_server::programs().empty())
            GTEST_SKIP() << "PostgreSQL is not installed (Debian's package postgresql-15): ITS STORE IS NOT TESTED";
        running = std::make_unique<postgres_server>();
    }
    void TearDown() override { running.reset(); }
};
[[maybe_unused]] auto* const registered = testing::AddGlobalTestEnvironment(new server_of_all_tests);

} // namespace

postgres_server& postgres_server::shared() { return *running; }

postgres_database::postgres_database() : server_{postgres_server::shared()} {
    static std::atomic<int> made{0};
    name_ = fmt::format("test_{}", ++made);
    run_once(*server_.connect("postgres"), "CREATE DATABASE " + name_);
}

postgres_database::~postgres_database() {
    try {
        run_once(*server_.connect("postgres"), "DROP DATABASE " + name_ + " WITH (FORCE)");
    } catch (soci::soci_error const& e) {
        ADD_FAILURE() << e.what();
    }
}

std::vector<contract::ledger_line> postgres_harness::ledger() const {
    auto sql = database.connect();
    contract::ledger_line line;
    integer amount = 0, balance = 0;
    auto all = prepared(*sql, "SELECT account_id, COALESCE(call_id, ''), amount, balance FROM ledger ORDER BY entry_id",
                        out(line.account), out(line.call), out(amount), out(balance));
    std::vector<contract::ledger_line> lines;
    for_each_row(all, [&] {
        line.amount = amount;
        line.balance = balance;
        lines.push_back(line);
    });
    return lines;
}

} // namespace ringback::store::test
