#include "store/sql/job_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace ringback::store {

namespace {

bool must_not_be_lost(job const& j) {
    auto const* write = std::get_if<write_job>(&j);
    return write != nullptr && std::holds_alternative<ports::call_closed>(write->what);
}

} // namespace

void job_queue::push(job what) {
    bool was_idle = false;
    {
        std::scoped_lock const lock{mutex_};
        was_idle = waiting_.empty() && refused_.empty();
        if (waiting_.size() < max_waiting_ || must_not_be_lost(what)) {
            waiting_.push_back(std::move(what));
        } else {
            if (auto* write = std::get_if<write_job>(&what)) write->what = {};
            refused_.push_back(std::move(what));
        }
    }
    if (was_idle) arrived_.notify_one();
}

void job_queue::close() {
    {
        std::scoped_lock const lock{mutex_};
        is_closed_ = true;
    }
    arrived_.notify_one();
}

void job_queue::wake() {
    {
        std::scoped_lock const lock{mutex_};
        is_woken_ = true;
    }
    arrived_.notify_one();
}

std::size_t job_queue::size() const {
    std::scoped_lock const lock{mutex_};
    return waiting_.size();
}

job_queue::taken job_queue::take(std::size_t most, std::chrono::steady_clock::time_point until) {
    taken t;
    std::unique_lock lock{mutex_};
    arrived_.wait_until(lock, until,
                        [this] { return is_closed_ || is_woken_ || !waiting_.empty() || !refused_.empty(); });
    is_woken_ = false;
    auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
    t.jobs.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    t.refused.swap(refused_);
    t.is_last = is_closed_ && t.jobs.empty() && t.refused.empty();
    return t;
}

} // namespace ringback::store
