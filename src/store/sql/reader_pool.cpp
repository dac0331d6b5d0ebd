#include "store/sql/reader_pool.hpp"

#include "base/log.hpp"
#include "store/sql/error_text.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace ringback::store {

reader_pool::reader_pool(std::function<open_database()> open, store_config const& config)
    : open_{std::move(open)},
      config_{config} {
    for (std::size_t i = 0; i < config.readers; ++i)
        threads_.emplace_back([this] { loop(); });
}

reader_pool::~reader_pool() {
    {
        std::scoped_lock const lock{mutex_};
        is_over_ = true;
    }
    arrived_.notify_all();
    for (std::thread& t : threads_)
        t.join();
}

void reader_pool::run(query_job what) {
    {
        std::scoped_lock const lock{mutex_};
        if (waiting_.size() < config_.max_waiting_reads) waiting_.push_back(std::move(what));
    }
    if (!what) return arrived_.notify_one();
    what->forget();
    what->answer();
}

void reader_pool::carry_out(query& what, reader& by) {
    what.forget();
    bool const was_connected = by.on != nullptr;
    try {
        auto const now = std::chrono::steady_clock::now();
        if (!by.on && now >= by.next_try) {
            by.next_try = now + config_.retry_longest;
            by.on = connect(open_, config_.answer_timeout);
        }
        if (!by.on) return;
        watchdog::watch const limit{by.guard, *by.on->database.link};
        return what.run(by.on->in);
    } catch (soci::soci_error const& e) {
        spdlog::warn("store: a list could not be read: {}", one_line(e.get_error_message()));
        if (by.on) by.on->is_lost = by.on->database.link->is_lost(e);
    } catch (std::exception const& e) {
        spdlog::warn("store: a list could not be read: {}", one_line(e.what()));
    }
    what.forget();
    if (!by.on || !by.on->is_lost) return;
    by.on.reset();
    // It may have been lost long ago, while nobody read: then another one is as good as new.
    by.next_try = {};
    if (was_connected) carry_out(what, by);
}

void reader_pool::loop() {
    reader self{.on = nullptr, .next_try = {}, .guard = watchdog{config_.list_timeout}};
    for (std::unique_lock lock{mutex_};;) {
        arrived_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        carry_out(*next, self);
        next->answer();
        next.reset();
        lock.lock();
    }
}

} // namespace ringback::store
