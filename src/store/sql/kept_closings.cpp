#include "store/sql/kept_closings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ringback::store {

kept_closings::kept_closings(store_config const& config)
    : most_{config.max_kept_closings},
      first_wait_{config.retry_first},
      longest_wait_{config.retry_longest},
      wait_{config.retry_first} {}

void kept_closings::keep(job closing, mono_time now) {
    if (waiting_.empty()) {
        wait_ = first_wait_;
        due_ = now + wait_;
    }
    waiting_.push_back(std::move(closing));
}

std::vector<job> kept_closings::take(std::size_t most) {
    auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
    std::vector<job> taken{std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end)};
    waiting_.erase(waiting_.begin(), end);
    return taken;
}

void kept_closings::put_back(std::vector<job> closings, mono_time now) {
    waiting_.insert(waiting_.end(), std::make_move_iterator(closings.begin()), std::make_move_iterator(closings.end()));
    wait_ = std::min(wait_ * 2, longest_wait_);
    due_ = now + wait_;
}

} // namespace ringback::store
