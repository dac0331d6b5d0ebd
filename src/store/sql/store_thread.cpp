#include "store/sql/store_thread.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace ringback::store {

store_thread::store_thread(database_source const& from, store_config const& config, clock_source const& clock)
    : max_group_{config.max_group},
      readers_{config.readers != 0 ? std::optional<reader_pool>{std::in_place, from.reader, config} : std::nullopt},
      queue_{config.max_waiting},
      groups_{from, config, clock, [this] { queue_.wake(); }},
      thread_{[this] { loop(); }} {}

store_thread::~store_thread() {
    queue_.close();
    thread_.join();
}

ports::store_state store_thread::state() const {
    auto s = groups_.state();
    s.waiting = queue_.size();
    return s;
}

std::vector<query_job> store_thread::lists_of(std::vector<job>& jobs) const {
    std::vector<query_job> lists;
    if (!readers_ || !groups_.is_connected()) return lists;
    std::erase_if(jobs, [&lists](job& j) {
        auto* other = std::get_if<query_job>(&j);
        if (other == nullptr || !(*other)->is_list()) return false;
        lists.push_back(std::move(*other));
        return true;
    });
    return lists;
}

void store_thread::loop() {
    for (;;) {
        auto taken = queue_.take(max_group_, std::chrono::steady_clock::now() + groups_.idle_time());
        if (taken.is_last) break;
        groups_.refuse(std::move(taken.refused));
        auto lists = lists_of(taken.jobs);
        if (!taken.jobs.empty()) groups_.run(std::move(taken.jobs));
        for (query_job& list : lists) // after the writes that came with them, which they are to see
            readers_->run(std::move(list));
        groups_.run_due();
    }
    groups_.finish();
}

} // namespace ringback::store
