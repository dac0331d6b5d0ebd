#include "media/livekit/room_inspector.hpp"

#include "base/log.hpp"
#include "io/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace ringback::media {
namespace asio = boost::asio;

namespace {

http_client_config with_answers_up_to(http_client_config config, std::uint64_t bytes) {
    config.max_answer_bytes = bytes;
    return config;
}

void log_end(std::exception_ptr const& failure, std::string_view whose) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& e) {
        spdlog::error("LiveKit: {} ended: {}", whose, e.what());
    }
}

} // namespace

/// One connection, and the coroutine that takes questions for it.
struct room_inspector::worker {
    worker(asio::io_context& loop, http_url const& url, asio::ssl::context& tls, http_client_config const& config)
        : client{loop.get_executor(), url, tls, config},
          idle{loop} {}

    http_client client;
    asio::steady_timer idle; ///< until somebody cancels it
};

room_inspector::room_inspector(livekit_config const& config, http_url const& url, room_service_signer const& signer,
                               clock_source const& clock, ports::call_store& store, ports::duty_roster& duties,
                               room_deleter& deleter)
    : config_{config},
      signer_{signer},
      clock_{clock},
      store_{store},
      duties_{duties},
      deleter_{deleter},
      tls_{client_tls_context(url)},
      door_{std::make_shared<loop_door>(loop_)},
      breaker_{config.breaker, random_seed()},
      list_client_{loop_.get_executor(), url, tls_, with_answers_up_to(config.http, config.sweep.max_answer_bytes)} {
    for (std::size_t i = 0; i < config.connections; ++i) {
        worker& w = *workers_.emplace_back(std::make_unique<worker>(loop_, url, tls_, config.http));
        asio::co_spawn(loop_, work(w), [](std::exception_ptr const& e) { log_end(e, "a connection's worker"); });
    }
    asio::co_spawn(loop_, sweep_for_ever(), [](std::exception_ptr const& e) { log_end(e, "the sweeper"); });
    thread_ = std::thread{[this] { loop_.run(); }};
}

room_inspector::~room_inspector() {
    asio::post(loop_, [this] { stop(); });
    thread_.join();
    door_->shut();
    for (question& each : questions_)
        each.done(std::nullopt);
}

void room_inspector::ask(call_id const& room, ports::completion<found> done) {
    bool wake = false;
    {
        std::lock_guard lock{mutex_};
        if (questions_.size() < config_.max_questions) {
            questions_.push_back({room, std::move(done)});
            wake = !std::exchange(woken_, true);
            done = nullptr;
        }
    }
    if (done) return done(std::nullopt);
    if (wake) asio::post(loop_, [this] { wake_all(); });
}

void room_inspector::wake_all() {
    {
        std::lock_guard lock{mutex_};
        woken_ = false;
    }
    for (auto& w : workers_)
        w->idle.cancel();
}

void room_inspector::stop() {
    stopping_ = true;
    wake_all();
    for (auto& w : workers_)
        w->client.close();
    list_client_.close();
    sweep_wait_.cancel();
}

asio::awaitable<void> room_inspector::work(worker& w) {
    while (!stopping_) {
        std::optional<question> next;
        {
            std::lock_guard lock{mutex_};
            if (!questions_.empty()) {
                next = std::move(questions_.front());
                questions_.pop_front();
            }
        }
        if (!next) {
            w.idle.expires_at(mono_time::max());
            co_await w.idle.async_wait(io::as_result);
            continue;
        }
        bool is_probe = breaker_.is_open();
        if (is_probe && (is_probing_ || clock_.now().mono < breaker_.probe_at())) {
            next->done(std::nullopt);
            continue;
        }
        if (is_probe) is_probing_ = true;
        auto seen = co_await look(w, next->room);
        if (is_probe) is_probing_ = false;
        if (seen.is_servers_fault)
            breaker_.failed(clock_.now().mono);
        else
            breaker_.answered();
        next->done(std::move(seen.there));
    }
}

asio::awaitable<room_inspector::outcome> room_inspector::look(worker& w, call_id room) {
    std::string why;
    try {
        json_post request{std::string{list_participants_target}, signer_.sign(room, clock_.now().wall),
                          room_body(room)};
        auto answer = co_await w.client.post(std::move(request));
        if (!answer) {
            spdlog::debug("LiveKit room {}: not looked into: {}", room.text(), answer.error().message());
            co_return outcome{std::nullopt, true};
        }
        switch (judge_answer(answer->status, answer->body)) {
        case room_verdict::done: co_return outcome{read_participants(answer->body), false};
        case room_verdict::no_such_room: co_return outcome{found::value_type{}, false};
        case room_verdict::unavailable: co_return outcome{std::nullopt, true};
        default: why = std::to_string(answer->status) + ' ' + twirp_code(answer->body);
        }
    } catch (std::exception const& e) {
        why = e.what();
    }
    spdlog::warn("LiveKit room {}: its participants are not told: {}", room.text(), why);
    co_return outcome{std::nullopt, false};
}

asio::awaitable<void> room_inspector::sweep_for_ever() {
    while (!stopping_) {
        bool is_done = co_await sweep();
        if (stopping_) co_return;
        sweep_wait_.expires_after(is_done ? config_.sweep.interval
                                          : std::min(config_.sweep.retry, config_.sweep.interval));
        co_await sweep_wait_.async_wait(io::as_result);
    }
}

/// False: something could not be read.
asio::awaitable<bool> room_inspector::sweep() {
    using left_rooms = ports::read_result<std::vector<call_id>>;
    auto ask_left = [this](auto done) { store_.rooms_left(config_.sweep.max_left, std::move(done)); };
    auto left = co_await answer_of<left_rooms>(sweep_wait_, door_, std::move(ask_left));
    if (stopping_ || !left || !*left) co_return false;
    for (call_id const& each : **left)
        deleter_.remove(each);

    using claimed_duty = ports::read_result<bool>;
    // Asked for once in each sweep: a holder that missed two is gone.
    auto claim = [this](auto done) {
        duties_.claim_duty(ports::duty::rooms, clock_.now().mono, 3 * config_.sweep.interval, std::move(done));
    };
    auto is_ours = co_await answer_of<claimed_duty>(sweep_wait_, door_, std::move(claim));
    if (stopping_ || !is_ours || !*is_ours) co_return false;
    if (!**is_ours) co_return true;

    auto rooms = co_await list_rooms();
    if (stopping_ || !rooms) co_return false;
    std::size_t revived = 0;
    for (call_id const& each : *rooms) {
        using found_call = ports::read_result<std::optional<ports::stored_call>>;
        auto ask_call = [this, each](auto done) { store_.find_call(each, std::move(done)); };
        auto call = co_await answer_of<found_call>(sweep_wait_, door_, std::move(ask_call));
        if (stopping_ || !call || !*call) co_return false;
        bool is_over = **call && is_final((**call)->status);
        if (!is_over) continue;
        deleter_.remove(each);
        ++revived;
    }
    if (!(*left)->empty() || revived > 0)
        spdlog::info("LiveKit: {} rooms of calls that are over were left, {} exist", (*left)->size(), revived);
    co_return true;
}

asio::awaitable<std::optional<std::vector<call_id>>> room_inspector::list_rooms() {
    json_post request{std::string{list_rooms_target}, signer_.sign_for_list(clock_.now().wall),
                      std::string{all_rooms_body}};
    auto answer = co_await list_client_.post(std::move(request));
    if (stopping_) co_return std::nullopt;
    if (!answer) {
        spdlog::warn("LiveKit: its rooms could not be listed: {}", answer.error().message());
        co_return std::nullopt;
    }
    if (judge_answer(answer->status, answer->body) == room_verdict::done) {
        auto rooms = read_rooms(answer->body);
        if (rooms) co_return rooms;
    }
    spdlog::warn("LiveKit: its rooms could not be listed: {} {}", answer->status, twirp_code(answer->body));
    co_return std::nullopt;
}

} // namespace ringback::media
