#pragma once

#include "net/server.hpp"

namespace conformance {

/// Sends back what it gets: the server of the Engine.IO protocol suites.
void serve_engine_echo(ringback::net::server& server);

/// What the support server of the engine.io-client package's tests has and does: short pings, 100 bytes of payload,
/// four cookies, handshakes with `deny` in their query refused, `hi` for everybody, an echo and a few commands.
void configure_engine_client_suite(ringback::net::server_config& config);
void serve_engine_client_suite(ringback::net::server& server);

} // namespace conformance
