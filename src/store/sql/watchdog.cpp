#include "store/sql/watchdog.hpp"

#include <algorithm>
#include <utility>

namespace ringback::store {

watchdog::watchdog(std::chrono::milliseconds limit) : limit_{limit}, thread_{[this] { loop(); }} {}

watchdog::~watchdog() {
    {
        std::scoped_lock const lock{mutex_};
        is_over_ = true;
    }
    ended_.notify_one();
    thread_.join();
}

void watchdog::begin(server_link* link) {
    std::scoped_lock const lock{mutex_};
    link_ = link;
    until_ = clock::now() + limit_;
}

// Looks from time to time instead of being told: a statement begins every few microseconds.
void watchdog::loop() {
    auto const interval = std::clamp(limit_ / 8, std::chrono::milliseconds{1}, std::chrono::milliseconds{100});
    std::unique_lock lock{mutex_};
    while (!ended_.wait_for(lock, interval, [this] { return is_over_; }))
        if (link_ != nullptr && clock::now() >= until_) std::exchange(link_, nullptr)->cut();
}

} // namespace ringback::store
