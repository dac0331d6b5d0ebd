#include "net/end_signals.hpp"

#include "net/server.hpp"

namespace ringback::net {

end_signals::end_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
}

end_signals::~end_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int end_signals::wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
}

void run_until_signal(server& s) {
    end_signals ends;
    s.start();
    (void)ends.wait();
    s.stop();
}

} // namespace ringback::net
