#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"
#include "engineio/connection.hpp"
#include "net/content_coding.hpp"
#include "net/mailbox.hpp"
#include "net/server_config.hpp"
#include "net/statistics.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace ringback::net {

class engine;
class http_routes;
class server;

/// One thread with its loop, and everything that lives on it. Nothing here but post() may be called by another thread
/// once the server runs.
class shard {
public:
    shard(server& of, std::uint32_t index, server_config const& config, http_routes const& routes,
          clock_source const& clock);
    shard(shard const&) = delete;
    shard& operator=(shard const&) = delete;
    ~shard();

    [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
    [[nodiscard]] server& of() const noexcept { return server_; }
    [[nodiscard]] clock_source const& clock() const noexcept { return clock_; }
    [[nodiscard]] timer_wheel& timers() noexcept { return timers_; }
    [[nodiscard]] server_config const& config() const noexcept { return config_; }

    /// Thread-safe: `what` runs on this shard's thread, behind all that was posted before.
    void post(task what) { mailbox_.post(std::move(what)); }

    /// Who takes the messages of new Engine.IO sessions. Set before the server starts.
    using session_factory = std::function<std::unique_ptr<engineio::session_handler>(engineio::connection&)>;
    void set_session_factory(session_factory make) { session_factory_ = std::move(make); }
    /// Runs at the end of each turn in which anything was sent or ended, when no handler is on the stack.
    void on_turn_end(std::function<void()> then) { turn_end_hooks_.push_back(std::move(then)); }

    // The rest is for the net layer itself.
    [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }
    [[nodiscard]] engine& sessions() noexcept { return *engine_; }
    [[nodiscard]] http_routes const& routes() const noexcept { return routes_; }
    [[nodiscard]] session_factory const& new_session() const noexcept { return session_factory_; }
    [[nodiscard]] body_compressor& compressor() noexcept { return compressor_; }
    /// Written on the shard's thread, read by any.
    [[nodiscard]] shard_figures& figures() noexcept { return figures_; }
    [[nodiscard]] shard_figures const& figures() const noexcept { return figures_; }
    void schedule_turn_end();
    /// After timers were armed outside of the wheel's own turn.
    void rearm_wheel();
    void run();
    /// Closes the sessions, some at a time, over at most `over`; then calls `done`, unless the shard is stopped before.
    void retire(std::chrono::milliseconds over, task done);
    /// After run() has returned.
    void close_mailbox() { mailbox_.close(); }
    [[nodiscard]] bool is_own_thread() const noexcept { return std::this_thread::get_id() == thread_; }

private:
    void end_turn();
    void on_wheel();
    void retire_some(std::size_t each_time);

    // given
    server& server_;
    std::uint32_t const index_;
    server_config const& config_;
    http_routes const& routes_;
    clock_source const& clock_;
    // owned
    boost::asio::io_context loop_{1};
    mailbox mailbox_;
    timer_wheel timers_;
    boost::asio::steady_timer wheel_timer_;
    body_compressor compressor_;
    shard_figures figures_;
    std::unique_ptr<engine> engine_;
    boost::asio::steady_timer retire_timer_;
    task retired_;
    int times_waited_ = 0; ///< for polls, since all sessions were asked to end
    session_factory session_factory_;
    std::vector<std::function<void()>> turn_end_hooks_;
    // state
    std::thread::id thread_;
    mono_time wheel_wake_ = mono_time::max();
    bool turn_end_scheduled_ = false;
};

} // namespace ringback::net
