#pragma once

#include "net/server.hpp"
#include "socketio/hub.hpp"

/// What the official `socket.io-client` package's own tests expect of the server beside them: port 3210, a ping every
/// 2 s, recovery, and each handshake answered after 10 ms.
namespace conformance {

void configure_client_suite(ringback::net::server_config& engine, ringback::socketio::hub_config& sockets);
/// Before the server starts.
void delay_handshakes(ringback::net::server& server);
void serve_client_suite(ringback::socketio::hub& hub);

} // namespace conformance
