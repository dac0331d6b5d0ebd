#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"

#include <functional>
#include <list>

namespace ringback::gateway {

/// What is to be done later on this shard. What still waits at its end is destroyed without having run.
class delays {
public:
    explicit delays(timer_wheel& wheel);
    delays(delays const&) = delete;
    delays& operator=(delays const&) = delete;
    ~delays();

    /// `what` runs once, when `at` has come; never inside this call.
    void run_at(mono_time at, std::move_only_function<void()> what);

private:
    class delay;

    timer_wheel& wheel_;
    std::list<delay> waiting_;
};

} // namespace ringback::gateway
