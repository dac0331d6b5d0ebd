#include "media/livekit/room_deleter.hpp"

#include "base/log.hpp"
#include "io/as_result.hpp"
#include "media/livekit/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

namespace ringback::media {
namespace asio = boost::asio;

/// One connection, and the coroutine that takes rooms from the schedule for it.
struct room_deleter::worker {
    worker(asio::io_context& loop, http_url const& url, asio::ssl::context& tls, http_client_config const& config)
        : client{loop.get_executor(), url, tls, config},
          idle{loop} {}

    http_client client;
    asio::steady_timer idle; ///< until something is due, or somebody cancels it
};

room_deleter::room_deleter(livekit_config const& config, http_url const& url, room_service_signer const& signer,
                           clock_source const& clock, ports::call_store& store)
    : config_{config},
      signer_{signer},
      clock_{clock},
      store_{store},
      schedule_{config.retry, config.breaker, random_seed()},
      tls_{client_tls_context(url)} {
    for (std::size_t i = 0; i < config.connections; ++i) {
        worker& w = *workers_.emplace_back(std::make_unique<worker>(loop_, url, tls_, config.http));
        asio::co_spawn(loop_, work(w), [this](std::exception_ptr const& failure) { worker_ended(failure); });
        ++working_;
    }
    thread_ = std::thread{[this] { loop_.run(); }};
}

room_deleter::~room_deleter() {
    asio::post(loop_, [this] { stop(); });
    thread_.join();
    if (auto left = schedule_.waiting()) spdlog::warn("LiveKit: rooms left undeleted: {}", left);
}

void room_deleter::remove(call_id const& room) {
    std::optional<call_id> dropped;
    bool wake = false;
    {
        std::lock_guard lock{mutex_};
        dropped = schedule_.add(room, clock_.now().mono);
        wake = !std::exchange(woken_, true);
    }
    if (wake) asio::post(loop_, [this] { wake_all(); });
    if (dropped)
        spdlog::error("LiveKit room {}: deletion dropped, more than {} wait", dropped->text(),
                      config_.retry.max_waiting);
}

void room_deleter::wake_all() {
    {
        std::lock_guard lock{mutex_};
        woken_ = false;
    }
    for (auto& w : workers_)
        w->idle.cancel();
}

asio::awaitable<void> room_deleter::work(worker& w) {
    while (!broken_off_) {
        std::optional<deletion> what;
        std::optional<mono_time> due;
        {
            std::lock_guard lock{mutex_};
            what = schedule_.next(clock_.now().mono);
            if (!what) due = schedule_.next_due();
        }
        if (what) {
            auto how = co_await attempt(w, what->room);
            settle(*what, how);
            wake_all(); // the breaker may have closed
        } else if (stopping_) {
            co_return;
        } else {
            w.idle.expires_at(due.value_or(mono_time::max()));
            co_await w.idle.async_wait(io::as_result);
        }
    }
}

asio::awaitable<room_deleter::outcome> room_deleter::attempt(worker& w, call_id room) {
    try {
        json_post request{std::string{delete_room_target}, signer_.sign(room, clock_.now().wall), room_body(room)};
        auto answer = co_await w.client.post(std::move(request));
        if (!answer) co_return outcome{room_verdict::unavailable, answer.error().message()};
        auto why = std::to_string(answer->status);
        if (auto code = twirp_code(answer->body); !code.empty()) why.append(" ").append(code);
        co_return outcome{judge_answer(answer->status, answer->body), std::move(why)};
    } catch (std::exception const& e) {
        co_return outcome{room_verdict::failed, e.what()};
    }
}

void room_deleter::settle(deletion const& what, outcome const& how) {
    bool was_open = false;
    bool is_open = false;
    std::size_t waiting = 0;
    std::optional<call_id> lost;
    {
        std::lock_guard lock{mutex_};
        was_open = schedule_.is_open();
        if (how.verdict == room_verdict::failed || how.verdict == room_verdict::unavailable) {
            auto why = how.verdict == room_verdict::failed ? deletion_failure::of_room : deletion_failure::of_server;
            lost = schedule_.failed(what, why, clock_.now().mono);
        } else {
            schedule_.settled();
        }
        is_open = schedule_.is_open();
        waiting = schedule_.waiting();
    }
    if (how.verdict == room_verdict::done || how.verdict == room_verdict::no_such_room)
        store_.write(ports::room_gone{what.room}, [](ports::write_outcome) {});
    if (broken_off_) return; // no failure of LiveKit's: the destructor counts it
    auto room = what.room.text();
    switch (how.verdict) {
    case room_verdict::done: spdlog::debug("LiveKit room {}: deleted", room); break;
    case room_verdict::no_such_room: spdlog::debug("LiveKit room {}: already gone", room); break;
    case room_verdict::refused: spdlog::error("LiveKit room {}: deletion refused: {}", room, how.why); break;
    case room_verdict::failed:
    case room_verdict::unavailable:
        spdlog::warn("LiveKit room {}: deletion failed {} times: {}", room, what.failures + 1, how.why);
    }
    if (lost) spdlog::error("LiveKit room {}: deletion given up", lost->text());
    if (is_open && !was_open) spdlog::warn("LiveKit is down: only probed from now on; {} rooms wait", waiting);
    if (was_open && !is_open) spdlog::info("LiveKit is back; {} rooms wait", waiting);
}

void room_deleter::stop() {
    stopping_ = true;
    wake_all();
    if (working_ == 0) return;
    grace_.expires_after(config_.stop_grace);
    grace_.async_wait([this](boost::system::error_code ec) {
        if (ec) return;
        broken_off_ = true;
        for (auto& w : workers_)
            w->client.close();
    });
}

void room_deleter::worker_ended(std::exception_ptr const& failure) {
    if (--working_ == 0) grace_.cancel();
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& e) {
        spdlog::error("LiveKit: a connection's worker ended: {}", e.what());
    }
}

} // namespace ringback::media
