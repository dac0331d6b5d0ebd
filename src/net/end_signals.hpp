#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace ringback::net {

class server;

/// SIGTERM and SIGINT, kept from the thread that makes this and from all that it starts afterwards, so that one place
/// can wait for them. Make it first thing in main; its end gives the thread its former mask back,
/// and forgets those that nobody has waited for.
class end_signals {
public:
    end_signals();
    end_signals(end_signals const&) = delete;
    end_signals& operator=(end_signals const&) = delete;
    ~end_signals();

    /// Sleeps until one of them comes, and says which.
    [[nodiscard]] int wait() const;
    /// The same, but no longer than this; nullopt: none came.
    [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds time) const;

private:
    sigset_t set_{};
    sigset_t before_{};
};

/// Starts the server, waits for SIGTERM or SIGINT, stops it: all that is left for a main that has set it up. Throws as
/// server::start().
void run_until_signal(server& s);

} // namespace ringback::net
