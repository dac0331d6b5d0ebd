#include "store/sql/store_thread.hpp"

#include <chrono>
#include <utility>

namespace ringback::store {

store_thread::store_thread(open_database database, store_config const& config, clock_source const& clock)
    : max_group_{config.max_group},
      queue_{config.max_waiting},
      groups_{std::move(database), config, clock},
      thread_{[this] { loop(); }} {}

store_thread::~store_thread() {
    queue_.close();
    thread_.join();
}

void store_thread::loop() {
    for (;;) {
        auto taken = queue_.take(max_group_, std::chrono::steady_clock::now() + groups_.idle_time());
        if (taken.is_last) break;
        groups_.refuse(std::move(taken.refused));
        if (!taken.jobs.empty()) groups_.run(std::move(taken.jobs));
        groups_.run_due();
    }
    groups_.finish();
}

} // namespace ringback::store
