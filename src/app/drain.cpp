#include "app/drain.hpp"

#include "base/log.hpp"

namespace ringback::app {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 20ms;
/// Clients come back in a wave as wide as this one, to a server that has to greet them all.
constexpr auto pace = 3s;

} // namespace

void drain(gateway::gateway& calls, net::server& server, net::end_signals const& ends,
           std::chrono::milliseconds patience) {
    calls.drain();
    auto const end = std::chrono::steady_clock::now() + patience;
    while (calls.counters().active_calls != 0 && std::chrono::steady_clock::now() < end)
        if (ends.wait_for(look_every)) return spdlog::info("another signal, stopping at once");
    if (auto left = calls.counters().active_calls; left != 0)
        spdlog::info("stopping, {} calls are left to the next server", left);
    server.retire(pace);
    // A connection that was open already can still bring new sessions: not for ever.
    auto const last = std::chrono::steady_clock::now() + 2 * pace;
    while (!server.is_retired() && std::chrono::steady_clock::now() < last)
        if (ends.wait_for(look_every)) return spdlog::info("another signal, stopping at once");
}

} // namespace ringback::app
