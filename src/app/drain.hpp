#pragma once

#include "gateway/gateway.hpp"
#include "net/end_signals.hpp"
#include "net/server.hpp"

#include <chrono>

namespace ringback::app {

/// The end of a server that was asked to end (contract section 6, promise 4): new calls are refused, those that there
/// are have until `patience` is over, then the transports are closed, a few at a time. Another signal cuts all of it
/// short. What is still ACCEPTED stays so in the store, for the next process. `server` still has to be stopped.
void drain(gateway::gateway& calls, net::server& server, net::end_signals const& ends,
           std::chrono::milliseconds patience);

} // namespace ringback::app
