#include "unit/redis_server/redis_server.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <hiredis/hiredis.h>
#include <memory>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace ringback::redis::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto const* program = "/usr/bin/redis-server";

using context_ptr = std::unique_ptr<redisContext, decltype([](redisContext* c) { redisFree(c); })>;
using reply_ptr = std::unique_ptr<redisReply, decltype([](redisReply* r) { freeReplyObject(r); })>;

/// A child with its output in `log`; it ends when this process does.
pid_t spawn(std::vector<std::string> const& line, fs::path const& log) {
    std::vector<char*> words;
    words.reserve(line.size() + 1);
    for (auto const& word : line)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    pid_t const parent = ::getpid();
    pid_t const child = ::fork();
    if (child != 0) return child;
    int const out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == parent) ::execv(words[0], words.data());
    ::_exit(127);
}

bool has_ended(pid_t child) {
    int how = 0;
    return ::waitpid(child, &how, WNOHANG) == child;
}

std::string text_of_file(fs::path const& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string text_of(redisReply const& r) {
    if (r.type == REDIS_REPLY_INTEGER) return std::to_string(r.integer);
    if (r.type == REDIS_REPLY_NIL) return {};
    if (r.type != REDIS_REPLY_ARRAY) return {r.str, r.len};
    std::string all;
    for (std::size_t i = 0; i < r.elements; ++i)
        all += (i > 0 ? " " : "") + text_of(*r.element[i]);
    return all;
}

} // namespace

std::uint16_t free_port() {
    int const fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bool const found = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    if (!found) throw std::runtime_error{"no free port"};
    return ntohs(address.sin_port);
}

bool redis_server::is_installed() { return ::access(program, X_OK) == 0; }

redis_server::redis_server(std::vector<std::string> options, kind what) : options_{std::move(options)}, kind_{what} {
    std::string pattern = (fs::temp_directory_path() / "ringback-redis-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
    directory_ = pattern;
    // Somebody else may take a free port before the server does.
    for (int left = 5;; --left) {
        port_ = free_port();
        try {
            start();
            return;
        } catch (std::runtime_error const&) {
            if (left > 0) continue;
            fs::remove_all(directory_);
            throw;
        }
    }
}

void redis_server::start() {
    start_slowly();
    for (auto const end = steady_clock::now() + 20s; steady_clock::now() < end;) {
        if (has_ended(pid_)) {
            pid_ = -1;
            break;
        }
        context_ptr c{redisConnectWithTimeout("127.0.0.1", port_, {1, 0})};
        reply_ptr r;
        if (c && c->err == 0) r.reset(static_cast<redisReply*>(redisCommand(c.get(), "PING")));
        if (r && text_of(*r).find("LOADING") == std::string::npos) return; // NOAUTH is an answer too
        std::this_thread::sleep_for(5ms);                                  // between two questions
    }
    stop(SIGKILL);
    throw std::runtime_error{"redis-server does not start: " + text_of_file(directory_ / "server.log")};
}

void redis_server::start_slowly() {
    std::vector<std::string> line{program};
    if (kind_ == kind::sentinel) {
        auto const file = directory_ / "sentinel.conf"; // it writes into its file, and refuses to be without
        std::ofstream const made{file, std::ios::app};
        line.push_back(file);
        line.push_back("--sentinel");
    } else {
        line.insert(line.end(), {"--save", "", "--appendonly", "no"});
    }
    line.insert(line.end(), {"--port", std::to_string(port_), "--bind", "127.0.0.1", "--dir", directory_});
    line.insert(line.end(), options_.begin(), options_.end());
    pid_ = spawn(line, directory_ / "server.log");
    if (pid_ < 0) throw std::runtime_error{"no process for redis-server"};
}

void redis_server::stop(int signal) {
    if (pid_ < 0) return;
    ::kill(pid_, signal);
    ::kill(pid_, SIGCONT); // one that stands still hears nothing but SIGKILL
    int how = 0;
    while (::waitpid(pid_, &how, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
}

void redis_server::signal(int number) const { ::kill(pid_, number); }

redis_server::~redis_server() {
    stop(SIGKILL);
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

config redis_server::settings() const {
    config c;
    c.servers = {{"127.0.0.1", port_}};
    c.connect_timeout = 10s; // of a machine that has much to do
    c.backoff_first = 10ms;
    c.backoff_longest = 100ms;
    return c;
}

std::string redis_server::url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

std::string redis_server::ask(std::vector<std::string> const& words, std::string const& password) const {
    context_ptr c{redisConnectWithTimeout("127.0.0.1", port_, {5, 0})};
    if (!c || c->err != 0) throw std::runtime_error{"redis-server is not there"};
    redisSetTimeout(c.get(), {5, 0});
    if (!password.empty()) reply_ptr{static_cast<redisReply*>(redisCommand(c.get(), "AUTH %s", password.c_str()))};
    std::vector<char const*> texts;
    std::vector<std::size_t> sizes;
    for (auto const& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    reply_ptr r{static_cast<redisReply*>(
        redisCommandArgv(c.get(), static_cast<int>(words.size()), texts.data(), sizes.data()))};
    if (!r) throw std::runtime_error{"redis-server does not answer"};
    return text_of(*r);
}

} // namespace ringback::redis::test
