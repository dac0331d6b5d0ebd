#include "store/sql/reconnector.hpp"

#include "base/log.hpp"
#include "store/sql/error_text.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace ringback::store {

using std::chrono::steady_clock;

reconnector::reconnector(std::function<open_database()> open, store_config const& config, std::function<void()> made)
    : open_{std::move(open)},
      first_wait_{config.retry_first},
      longest_wait_{config.retry_longest},
      answer_timeout_{config.answer_timeout},
      made_{std::move(made)},
      thread_{[this] { loop(); }} {}

reconnector::~reconnector() {
    {
        std::scoped_lock const lock{mutex_};
        is_over_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void reconnector::begin() {
    {
        std::scoped_lock const lock{mutex_};
        is_wanted_ = true;
    }
    changed_.notify_one();
}

std::unique_ptr<connection> reconnector::take() {
    std::scoped_lock const lock{mutex_};
    return std::exchange(ready_, nullptr);
}

std::unique_ptr<connection> reconnector::attempt() {
    try {
        return connect(open_, answer_timeout_);
    } catch (soci::soci_error const& e) {
        spdlog::debug("store: no connection yet: {}", one_line(e.get_error_message()));
    } catch (std::exception const& e) {
        spdlog::debug("store: no connection yet: {}", one_line(e.what()));
    }
    return nullptr;
}

void reconnector::loop() {
    auto wait = first_wait_;
    steady_clock::time_point last_made{};
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return is_wanted_ || is_over_; });
        if (is_over_) return;
        bool const was_short = steady_clock::now() - last_made < longest_wait_;
        if (!was_short) wait = first_wait_;
        if (was_short && changed_.wait_for(lock, wait, [this] { return is_over_; })) return;
        for (;;) {
            lock.unlock();
            auto made = attempt();
            lock.lock();
            if (is_over_) return;
            if (made) {
                ready_ = std::move(made);
                break;
            }
            if (changed_.wait_for(lock, wait, [this] { return is_over_; })) return;
            wait = std::min(wait * 2, longest_wait_);
        }
        wait = std::min(wait * 2, longest_wait_);
        last_made = steady_clock::now();
        is_wanted_ = false;
        lock.unlock();
        made_();
        lock.lock();
    }
}

} // namespace ringback::store
