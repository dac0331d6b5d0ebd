#pragma once

#include "io/as_result.hpp"
#include "ports/completion.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace ringback::media {

/// The way into a loop for completions that come on threads of their own and may come after the loop has ended: then
/// they do nothing. Shared between the loop's owner, who shuts it, and the completions.
class loop_door {
public:
    explicit loop_door(boost::asio::io_context& loop) : loop_{&loop} {}

    void shut() {
        std::lock_guard lock{mutex_};
        loop_ = nullptr;
    }
    template <class What>
    void post(What what) {
        std::lock_guard lock{mutex_};
        if (loop_) boost::asio::post(*loop_, std::move(what));
    }

private:
    std::mutex mutex_;
    boost::asio::io_context* loop_; ///< guarded by mutex_; null: shut
};

/// Awaits what an operation of a port completes with. `begin` is called with the completion. nullopt when `wait`, which
/// belongs to the loop of `door` and to nothing else meanwhile, was cancelled first.
template <class Result, class Begin>
boost::asio::awaitable<std::optional<Result>> answer_of(boost::asio::steady_timer& wait,
                                                        std::shared_ptr<loop_door> door, Begin begin) {
    struct waiting {
        std::optional<Result> result;
        boost::asio::steady_timer* wait; ///< null: nobody waits any more
    };
    auto state = std::make_shared<waiting>(std::nullopt, &wait);
    struct leaving {
        waiting& of;
        ~leaving() { of.wait = nullptr; }
    } const leave{*state};
    wait.expires_at(boost::asio::steady_timer::time_point::max());
    begin(ports::completion<Result>{[state, door](Result r) mutable {
        door->post([state, r = std::move(r)]() mutable {
            if (!state->wait) return;
            state->result = std::move(r);
            state->wait->cancel();
        });
    }});
    co_await wait.async_wait(io::as_result);
    co_return std::move(state->result);
}

} // namespace ringback::media
