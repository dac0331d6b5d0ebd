#include "net/shard.hpp"

#include "base/log.hpp"
#include "net/engine.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace ringback::net {
namespace {

constexpr std::chrono::milliseconds retire_every{50};
constexpr std::size_t retire_at_least = 16;
/// A client that does not come for what waits for it in this time has lost its connection, and finds no new one here.
constexpr std::chrono::milliseconds polls_within{500};

void log_failure(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& e) {
        spdlog::error("posted task: {}", e.what());
    }
}

} // namespace

shard::shard(server& of, std::uint32_t index, server_config const& config, http_routes const& routes,
             clock_source const& clock)
    : server_{of},
      index_{index},
      config_{config},
      routes_{routes},
      clock_{clock},
      mailbox_{loop_, log_failure},
      timers_{clock.now().mono},
      wheel_timer_{loop_},
      engine_{std::make_unique<engine>(*this)},
      retire_timer_{loop_} {
    timers_.on_armed([this] { rearm_wheel(); });
}

shard::~shard() = default;

void shard::run() {
    thread_ = std::this_thread::get_id();
    loop_.run();
}

void shard::retire(std::chrono::milliseconds over, task done) {
    retired_ = std::move(done);
    auto const times = static_cast<std::size_t>(std::max<std::int64_t>(over / retire_every, 1));
    retire_some(std::max(engine_->session_count() / times + 1, retire_at_least));
}

void shard::retire_some(std::size_t each_time) {
    bool const are_all_asked = !engine_->retire_some(each_time);
    if (are_all_asked && ++times_waited_ > polls_within / retire_every) engine_->end_retired();
    if (engine_->session_count() == 0) return retired_();
    retire_timer_.expires_after(retire_every);
    retire_timer_.async_wait([this, each_time](boost::system::error_code ec) {
        if (!ec) retire_some(each_time);
    });
}

void shard::schedule_turn_end() {
    if (std::exchange(turn_end_scheduled_, true)) return;
    // Behind the handlers that are ready now: what they send joins the same write.
    boost::asio::post(loop_, [this] { end_turn(); });
}

void shard::end_turn() {
    turn_end_scheduled_ = false;
    engine_->end_turn();
    for (auto& hook : turn_end_hooks_)
        hook();
}

void shard::rearm_wheel() {
    auto wake = timers_.next_wake();
    if (!wake || *wake >= wheel_wake_) return;
    wheel_wake_ = *wake;
    wheel_timer_.expires_at(*wake);
    wheel_timer_.async_wait([this](boost::system::error_code ec) {
        if (!ec) on_wheel();
    });
}

void shard::on_wheel() {
    wheel_wake_ = mono_time::max();
    timers_.advance(clock_.now().mono);
    rearm_wheel();
}

} // namespace ringback::net
