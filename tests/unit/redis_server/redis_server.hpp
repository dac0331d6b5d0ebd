#pragma once

#include "redis/config.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

/// At the begin of SetUp(), or of a test.
#define REQUIRE_REDIS()                                                                                                \
    if (!ringback::redis::test::redis_server::is_installed())                                                          \
    GTEST_SKIP() << "redis-server is not installed (Debian's package redis-server): WHAT NEEDS IT IS NOT TESTED"

namespace ringback::redis::test {

/// A port of the loopback that nobody listens on at this moment.
[[nodiscard]] std::uint16_t free_port();

/// A redis-server of our own on a free port of the loopback, in a temporary directory. It ends with this object, and
/// with this process however that ends.
class redis_server {
public:
    /// Whether Debian's package redis-server is there.
    [[nodiscard]] static bool is_installed();

    enum class kind { redis, sentinel };

    /// `options` as on the command line: {"--requirepass", "secret"}. Throws std::runtime_error.
    explicit redis_server(std::vector<std::string> options = {}, kind what = kind::redis);
    ~redis_server();
    redis_server(redis_server const&) = delete;
    redis_server& operator=(redis_server const&) = delete;

    /// SIGKILL: a crash. What it held is gone after it, as after SIGTERM: nothing is written to disk.
    void stop(int signal);
    /// Again on the same port; waits until it answers.
    void start();
    void start_slowly(); ///< does not wait
    /// SIGSTOP and SIGCONT: it stands still with its connections open.
    void signal(int number) const;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::filesystem::path const& directory() const noexcept { return directory_; }
    /// A client's settings for it, with times that suit tests.
    [[nodiscard]] config settings() const;
    [[nodiscard]] std::string url() const;
    /// The answer to a command that is given as words, on a connection of its own; an array's items with blanks
    /// between.
    std::string ask(std::vector<std::string> const& words, std::string const& password = {}) const;

private:
    std::vector<std::string> const options_;
    kind const kind_;
    std::filesystem::path directory_;
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

} // namespace ringback::redis::test
