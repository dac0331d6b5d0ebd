#pragma once

#include "base/clock.hpp"
#include "redis/opener.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::redis {

class sentinel_watch;

/// Keeps one connection to Redis: makes it, notices when it is dead, makes it again. Belongs to the thread of its
/// executor.
class link : public std::enable_shared_from_this<link> {
public:
    /// Who uses the connection. May end the link in each of these.
    class user {
    public:
        /// There is a connection that takes commands. Who has nothing more to prepare says ready().
        virtual void on_open() = 0;
        virtual void on_reply(value answer) = 0;
        /// The connection of the last on_open() is gone.
        virtual void on_lost() = 0;
        /// When the oldest of what was asked has to be answered.
        [[nodiscard]] virtual std::optional<mono_time> due() const = 0;
        /// Nothing was heard for a while and nothing is due: ask for a sign of life.
        virtual void on_silence() = 0;

    protected:
        ~user() = default;
    };

    /// `u` lives until stop().
    link(boost::asio::any_io_executor executor, config c, server_role to, user& u);
    link(link const&) = delete;
    link& operator=(link const&) = delete;
    ~link();

    void start();
    void stop();
    [[nodiscard]] bool is_stopped() const noexcept { return stopped_; }

    /// Only between on_open() and on_lost().
    void say(std::string_view bytes) { connection_->say(bytes); }
    /// The connection does what it is there for.
    void ready();
    /// Ends the connection, which then is made again; on_lost() comes later.
    void fail(std::string_view why);
    /// When an answer to what is said now is late.
    [[nodiscard]] mono_time deadline() const { return std::chrono::steady_clock::now() + settings().command_timeout; }
    [[nodiscard]] config const& settings() const noexcept { return opener_.settings(); }
    [[nodiscard]] boost::asio::any_io_executor const& executor() const noexcept { return executor_; }
    /// System calls in which commands have left. May be read by any thread.
    [[nodiscard]] std::atomic<std::uint64_t> const& writes() const noexcept { return *writes_; }

private:
    [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<link> self);
    [[nodiscard]] boost::asio::awaitable<std::string> serve();
    [[nodiscard]] boost::asio::awaitable<void> pause();
    void away(std::string const& why);
    [[nodiscard]] std::chrono::milliseconds period() const;
    void watch();
    void look();
    void follow(endpoint master);

    // given
    server_role const role_;
    boost::asio::any_io_executor executor_;
    user& user_;

    // owned
    std::shared_ptr<std::atomic<std::uint64_t>> writes_ = std::make_shared<std::atomic<std::uint64_t>>(0);
    opener opener_;
    std::unique_ptr<sentinel_watch> sentinel_; ///< null: there is none to hear
    boost::asio::steady_timer retry_, watch_;
    std::shared_ptr<connection> connection_; ///< null: none that takes commands

    // state
    mono_time heard_{}; ///< when the last bytes came
    mono_time patient_until_{};
    int failures_ = 0; ///< attempts since ready()
    bool stopped_ = false, outage_ = false;
};

} // namespace ringback::redis
