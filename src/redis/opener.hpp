#pragma once

#include "io/host_lookup.hpp"
#include "redis/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>

namespace ringback::redis {

/// Whom a connection is made to.
enum class server_role { redis, sentinel };

/// Finds the server to talk to, by Sentinel if so configured, and makes a connection that takes commands: signed in,
/// on its database, answering. Belongs to the thread of its executor.
class opener {
public:
    opener(boost::asio::any_io_executor executor, config c, server_role to,
           std::shared_ptr<std::atomic<std::uint64_t>> writes);

    using opened = std::expected<std::shared_ptr<connection>, std::string>;
    /// Tries each address once. The error is that of the last one.
    [[nodiscard]] boost::asio::awaitable<opened> open();
    /// Whom the next open(), or that under way, tries first: a Sentinel has named it, and others may not know it yet.
    void expect(endpoint master) { expected_ = std::move(master); }
    /// Breaks off the open() under way.
    void cancel();

    [[nodiscard]] config const& settings() const noexcept { return config_; }

private:
    [[nodiscard]] boost::asio::awaitable<opened> connect(endpoint server);
    [[nodiscard]] boost::asio::awaitable<opened> open_any();
    [[nodiscard]] boost::asio::awaitable<opened> open_by(endpoint address);
    [[nodiscard]] boost::asio::awaitable<opened> open_server(endpoint server);
    [[nodiscard]] boost::asio::awaitable<opened> open_sentinel(endpoint sentinel);
    [[nodiscard]] boost::asio::awaitable<std::expected<endpoint, std::string>> ask_sentinel(endpoint sentinel);
    [[nodiscard]] std::string greeting() const;
    [[nodiscard]] std::string sign_in() const;
    [[nodiscard]] std::string without_secret(std::string_view text) const;

    boost::asio::any_io_executor executor_;
    config const config_;
    server_role const role_;
    std::shared_ptr<std::atomic<std::uint64_t>> writes_;
    std::map<std::string, std::unique_ptr<io::host_lookup>> lookups_; ///< by `host:port`
    std::shared_ptr<connection> current_;                             ///< of the open() under way
    std::optional<endpoint> expected_;
    std::size_t first_ = 0; ///< the address that is tried first: the last one that worked
    bool cancelled_ = false;
};

} // namespace ringback::redis
