#pragma once

#include "base/clock.hpp"
#include "redis/config.hpp"
#include "redis/reply_reader.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::redis {

/// One connection to one server, from the first packet to its end. Belongs to the thread of its executor. Reasons begin
/// with the server's address and hold no secret.
class connection : public std::enable_shared_from_this<connection> {
public:
    /// `writes` counts the system calls that commands leave in; it lives as long as its owner does.
    connection(boost::asio::any_io_executor executor, endpoint server,
               std::shared_ptr<std::atomic<std::uint64_t>> writes);
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    /// Until open() and answer() are through with it the connection ends itself at `deadline`.
    void expires_at(mono_time deadline);
    void expires_never();

    using failure = std::string; ///< why there is no connection any more
    using addresses = boost::asio::ip::tcp::resolver::results_type;
    /// Tries the server's addresses in turn; TLS if so configured.
    [[nodiscard]] boost::asio::awaitable<std::expected<void, failure>> open(addresses of_server, config const& c);

    /// All that is said in one turn of the loop leaves in one write.
    void say(std::string_view bytes);
    /// Waits for bytes of the server.
    [[nodiscard]] boost::asio::awaitable<std::expected<void, failure>> read();
    /// The next whole reply of what was read.
    [[nodiscard]] std::expected<std::optional<value>, failure> next();
    /// The next reply, after waiting for it.
    [[nodiscard]] boost::asio::awaitable<std::expected<value, failure>> answer();

    /// What failed at this connection, which ends.
    [[nodiscard]] std::unexpected<failure> ended(std::string_view why);
    /// Ends it: the read under way returns. The first reason stands.
    void close(std::string_view why);
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    [[nodiscard]] endpoint const& server() const noexcept { return server_; }

private:
    using tcp = boost::asio::ip::tcp;

    [[nodiscard]] boost::asio::awaitable<std::expected<void, failure>> secure(config const& c);
    void flush();
    void on_written(boost::system::error_code ec);

    // given
    boost::asio::any_io_executor executor_;
    endpoint const server_;
    std::shared_ptr<std::atomic<std::uint64_t>> writes_;

    // owned
    tcp::socket socket_;
    boost::asio::steady_timer deadline_;
    std::optional<boost::asio::ssl::context> tls_context_;
    std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
    reply_reader reader_;
    std::array<char, 16 * 1024> received_;
    std::string gathered_, leaving_; ///< what is said, and what of it is being written

    // state
    bool flush_posted_ = false, writing_ = false, closed_ = false;
    std::string why_; ///< of closed_
};

} // namespace ringback::redis
