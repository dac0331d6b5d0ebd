#include "net/end_signals.hpp"

#include "net/server.hpp"

namespace ringback::net {

end_signals::end_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
}

end_signals::~end_signals() {
    while (wait_for(std::chrono::milliseconds{0})) {
    } // who has waited for one ends already, and not by the next one
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int end_signals::wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
}

std::optional<int> end_signals::wait_for(std::chrono::milliseconds time) const {
    auto const whole = std::chrono::floor<std::chrono::seconds>(time);
    timespec const longest{.tv_sec = whole.count(), .tv_nsec = std::chrono::nanoseconds{time - whole}.count()};
    int const signal = sigtimedwait(&set_, nullptr, &longest);
    return signal > 0 ? std::optional{signal} : std::nullopt;
}

void run_until_signal(server& s) {
    end_signals ends;
    s.start();
    (void)ends.wait();
    s.stop();
}

} // namespace ringback::net
