#pragma once

#include "redis/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace ringback::redis {

/// Finds the server to talk to, by Sentinel if so configured, and makes a connection that takes commands: signed in,
/// on its database, answering. Belongs to the thread of its executor.
class opener {
public:
    opener(boost::asio::any_io_executor executor, config c, std::shared_ptr<std::atomic<std::uint64_t>> writes);

    using opened = std::expected<std::shared_ptr<connection>, std::string>;
    /// Tries each address once. The error is that of the last one.
    [[nodiscard]] boost::asio::awaitable<opened> open();
    /// Breaks off the open() under way.
    void cancel();

    [[nodiscard]] config const& settings() const noexcept { return config_; }

private:
    [[nodiscard]] std::shared_ptr<connection> fresh(endpoint server);
    [[nodiscard]] boost::asio::awaitable<opened> open_server(endpoint server);
    [[nodiscard]] boost::asio::awaitable<std::expected<endpoint, std::string>> ask_sentinel(endpoint sentinel);
    [[nodiscard]] std::string greeting() const;
    [[nodiscard]] std::string sign_in() const;
    [[nodiscard]] std::string without_secret(std::string_view text) const;

    boost::asio::any_io_executor executor_;
    config const config_;
    std::shared_ptr<std::atomic<std::uint64_t>> writes_;
    std::shared_ptr<connection> current_; ///< of the open() under way
    std::size_t first_ = 0;               ///< the address that is tried first: the last one that worked
    bool cancelled_ = false;
};

} // namespace ringback::redis
