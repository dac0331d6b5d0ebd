#include "gateway/delays.hpp"

#include <utility>

namespace ringback::gateway {

class delays::delay final : public timer_wheel::timer {
public:
    delay(delays& in, std::move_only_function<void()> what) : in_{in}, what_{std::move(what)} {}
    std::list<delay>::iterator self;

private:
    void on_expiry(mono_time) override {
        auto what = std::move(what_);
        in_.waiting_.erase(self);
        what();
    }

    delays& in_;
    std::move_only_function<void()> what_;
};

delays::delays(timer_wheel& wheel) : wheel_{wheel} {}
delays::~delays() = default;

void delays::run_at(mono_time at, std::move_only_function<void()> what) {
    auto const made = waiting_.emplace(waiting_.end(), *this, std::move(what));
    made->self = made;
    wheel_.arm(*made, at);
}

} // namespace ringback::gateway
