#pragma once

#include "redis/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ringback::redis {

/// Hears what is published, over one connection, which is made at once and made again whenever it is lost. What is
/// published in between is lost, as pub/sub has it. Belongs to the one thread of its executor; its destructor too runs
/// there, or after the loop has ended.
class subscriber {
public:
    /// Views are valid during the call.
    using on_message = std::function<void(std::string_view channel, std::string_view payload)>;
    using on_pattern_message =
        std::function<void(std::string_view pattern, std::string_view channel, std::string_view payload)>;

    /// Without `heard_by_pattern`, `heard` is told of a pattern's messages too.
    subscriber(boost::asio::any_io_executor executor, config c, on_message heard,
               on_pattern_message heard_by_pattern = {});
    subscriber(subscriber const&) = delete;
    subscriber& operator=(subscriber const&) = delete;
    ~subscriber(); ///< confirmations that still wait are dropped

    /// Holds until it is taken back, over any number of connections. `confirmed` is called once, never inside this
    /// call, when the server has confirmed it for the first time: what is published from then on is heard, as long as
    /// the connection lasts. Subscribing again to the same channel changes nothing but that `confirmed` is called too.
    void subscribe(std::string channel, std::move_only_function<void()> confirmed = {});
    void unsubscribe(std::string const& channel);
    /// By a pattern of Redis (`*`, `?`, `[ab]`). A message that several subscriptions match comes several times.
    void psubscribe(std::string pattern, std::move_only_function<void()> confirmed = {});
    void punsubscribe(std::string const& pattern);

    /// Whether there is a connection on which all that was subscribed before it was made is confirmed again.
    [[nodiscard]] bool is_up() const noexcept;
    /// `told` is called at each change of is_up(). Listeners add up.
    void on_state(std::function<void(bool up)> told);

    [[nodiscard]] std::uint64_t messages() const noexcept; ///< heard; may be read by any thread

private:
    class core;
    std::shared_ptr<core> core_;
};

} // namespace ringback::redis
