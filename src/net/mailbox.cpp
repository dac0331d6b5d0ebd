#include "net/mailbox.hpp"

#include <boost/asio/post.hpp>

namespace ringback::net {

mailbox::mailbox(boost::asio::io_context& loop, std::function<void(std::exception_ptr)> on_error)
    : loop_{loop},
      on_error_{std::move(on_error)} {}

void mailbox::post(task what) {
    {
        std::lock_guard lock{mutex_};
        if (closed_) return;
        waiting_.push_back(std::move(what));
        if (std::exchange(woken_, true)) return;
    }
    boost::asio::post(loop_, [this] { drain(); });
}

void mailbox::close() {
    std::vector<task> dropped; // destroyed without the lock: what a task holds may post
    std::lock_guard lock{mutex_};
    closed_ = true;
    dropped.swap(waiting_);
}

void mailbox::drain() {
    {
        std::lock_guard lock{mutex_};
        woken_ = false;
        running_.swap(waiting_);
    }
    for (task& each : running_) {
        try {
            each();
        } catch (...) {
            on_error_(std::current_exception());
        }
        each = nullptr; // what it holds may be waited for elsewhere
    }
    running_.clear();
}

} // namespace ringback::net
