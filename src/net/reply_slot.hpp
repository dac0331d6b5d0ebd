#pragma once

#include "net/http_message.hpp"
#include "net/shard.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace ringback::net {

/// Where the coroutine of a connection waits for a reply that any thread may give.
class reply_slot {
public:
    explicit reply_slot(shard& home)
        : home_{home},
          signal_{home.loop(), boost::asio::steady_timer::time_point::max()} {}

    /// Fills the slot on its connection's shard: at once when called there, so that a poll which finds packets waiting
    /// costs no round of the loop. A handler that is dropped unused answers 503, so that nothing waits for ever.
    [[nodiscard]] static reply_handler handler(std::shared_ptr<reply_slot> slot);

    [[nodiscard]] bool is_filled() const noexcept { return reply_.has_value(); }
    [[nodiscard]] boost::asio::awaitable<void> ready();
    /// REQUIRES: filled.
    [[nodiscard]] http_reply take() { return std::move(*reply_); }

private:
    void fill(http_reply reply);

    shard& home_;
    boost::asio::steady_timer signal_;
    std::optional<http_reply> reply_;
};

} // namespace ringback::net
