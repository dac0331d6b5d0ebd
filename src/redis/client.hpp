#pragma once

#include "redis/config.hpp"
#include "redis/script.hpp"
#include "redis/value.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ringback::redis {

/// Commands to one Redis over one connection, which is made at once and made again whenever it is lost. Belongs to the
/// one thread of its executor, figures aside; its destructor too runs there, or after the loop has ended.
///
/// Commands are carried out in the order in which they were sent, and answered in it. None is ever sent twice: after
/// `lost` and `timed_out` the caller decides whether to try again.
class client {
public:
    client(boost::asio::any_io_executor executor, config c);
    client(client const&) = delete;
    client& operator=(client const&) = delete;
    ~client(); ///< handlers that still wait are dropped

    /// Sends what redis::command() wrote: exactly one command, none that begins a transaction, blocks or subscribes.
    /// All that is sent in one turn of the loop leaves in one write.
    void send(std::string_view command, handler then);

    /// Runs a script. Its text is sent at its first use on a connection and its name later; should the server have
    /// forgotten it meanwhile (SCRIPT FLUSH), it is run by its text, behind what was sent since.
    void run(script const& s, std::span<std::string const> keys, std::span<std::string const> args, handler then);

    /// Whether commands would be sent now.
    [[nodiscard]] bool is_up() const noexcept;
    /// `told` is called at each change, after the handlers of what was lost, before anything else can be sent on the
    /// new connection. Listeners add up.
    void on_state(std::function<void(bool up)> told);

    // May be read by any thread.
    [[nodiscard]] std::uint64_t commands() const noexcept;    ///< sent
    [[nodiscard]] std::uint64_t round_trips() const noexcept; ///< writes in which they left

private:
    class core;
    std::shared_ptr<core> core_;
};

} // namespace ringback::redis
