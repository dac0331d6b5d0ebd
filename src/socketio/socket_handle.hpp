#pragma once

#include "base/ids.hpp"
#include "base/timer_wheel.hpp"
#include "socketio/ack.hpp"

#include <chrono>
#include <coroutine>
#include <expected>
#include <string>
#include <string_view>

namespace ringback::socketio {

class hub;
class socket;

/// Waits for a client's acknowledgement: socket_handle::ask().
class ack_awaiter {
public:
    ack_awaiter(hub& at, socket_ref who, std::string event, owned_content what, std::chrono::milliseconds timeout)
        : hub_{at},
          who_{who},
          event_{std::move(event)},
          what_{std::move(what)},
          timeout_{timeout} {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    /// False when the answer is known at once: the socket had ended.
    bool await_suspend(std::coroutine_handle<> waiting);
    [[nodiscard]] std::expected<owned_content, ack_error> await_resume() { return std::move(result_); }

private:
    hub& hub_;
    socket_ref who_;
    std::string event_;
    owned_content what_;
    std::chrono::milliseconds timeout_;
    std::expected<owned_content, ack_error> result_ = std::unexpected{ack_error::disconnected};
};

/// Waits for a time to pass: socket_handle::wait(). A coroutine that still waits when its hub ends is not resumed.
class delay_awaiter final : timer_wheel::timer {
public:
    delay_awaiter(timer_wheel& timers, mono_time until) : timers_{timers}, until_{until} {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        waiting_ = waiting;
        timers_.arm(*this, until_);
    }
    void await_resume() const noexcept {}

private:
    void on_expiry(mono_time) override { waiting_.resume(); }

    timer_wheel& timers_;
    mono_time until_;
    std::coroutine_handle<> waiting_;
};

/// Names a socket across the suspensions of a coroutine or in a closure. May be copied and kept anywhere, and used on
/// its shard's thread.
class socket_handle {
public:
    socket_handle() = default;
    socket_handle(hub& at, socket_ref who) noexcept : hub_{&at}, who_{who} {}

    /// The socket, or nullptr when it has ended. Good until control leaves this thread's turn.
    [[nodiscard]] socket* get() const noexcept;
    [[nodiscard]] hub* at() const noexcept { return hub_; }
    [[nodiscard]] socket_ref ref() const noexcept { return who_; }

    /// `co_await` it: emits an event and waits for its acknowledgement, at most `timeout` (zero: hub_config's).
    [[nodiscard]] ack_awaiter ask(std::string_view event, packet_content const& what = {},
                                  std::chrono::milliseconds timeout = {}) const;
    /// `co_await` it: goes on after `how_long`, whether the socket still lives or not.
    [[nodiscard]] delay_awaiter wait(std::chrono::milliseconds how_long) const;

private:
    hub* hub_ = nullptr;
    socket_ref who_;
};

} // namespace ringback::socketio
