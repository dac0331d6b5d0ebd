#pragma once

#include "engineio/config.hpp"
#include "engineio/sid.hpp"

#include <string>

namespace ringback::engineio {

/// The first packet of a session, `0{"sid":…}`: sid, upgrades, pingInterval, pingTimeout, maxPayload, in this order and
/// nothing else (protocol suites compare the keys). Times are milliseconds, maxPayload bytes (0: no limit). `upgrades`
/// names websocket when the session opens on polling and the server offers both and lets sessions upgrade. The polling
/// handshake is answered with this packet alone. v3 has the same packet.
[[nodiscard]] std::string open_packet(session_id const& sid, transport_kind opened_on, engine_config const& config);

} // namespace ringback::engineio
