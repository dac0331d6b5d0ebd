#pragma once

#include "base/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <expected>
#include <memory>
#include <string>

namespace ringback::io {

/// Turns the name of one service into addresses, without blocking its loop and without being a reason to wait when
/// the loop ends: the system's look-up cannot be broken off, and Asio's resolver makes the destructor of its
/// io_context wait for it, with an unreachable name server for many seconds. Here each look-up has a thread of its own
/// that nobody joins; there is at most one at a time, and none for a host that is an address already. All calls on the
/// executor's thread, one resolve() at a time.
class host_lookup {
public:
    using addresses = boost::asio::ip::tcp::resolver::results_type;
    using result = std::expected<addresses, boost::system::error_code>;

    host_lookup(boost::asio::any_io_executor executor, std::string host, std::string port);
    host_lookup(host_lookup const&) = delete;
    host_lookup& operator=(host_lookup const&) = delete;
    ~host_lookup();

    /// timed_out when `deadline` comes first; a later resolve() then waits for the same look-up. operation_aborted
    /// after cancel(). Throws std::system_error when there is no thread to be had.
    [[nodiscard]] boost::asio::awaitable<result> resolve(mono_time deadline);
    /// Ends the resolve() under way and every later one.
    void cancel();

private:
    struct inquiry;

    void leave() noexcept;

    boost::asio::any_io_executor executor_;
    std::string host_;
    std::string port_;
    std::shared_ptr<boost::asio::steady_timer> wait_; ///< shared with wakes that are on their way
    std::shared_ptr<inquiry> inquiry_;                ///< shared with its thread; null: none under way
    bool cancelled_ = false;
};

} // namespace ringback::io
