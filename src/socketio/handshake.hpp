#pragma once

#include "engineio/connection.hpp"

#include <string>
#include <string_view>

namespace ringback::socketio {

/// What applications and other nodes know as a socket's `handshake`, as JSON: headers (names in lower case, values of
/// one name joined by commas), time (ISO 8601), address, xdomain, secure, issued (milliseconds since 1970), query, and
/// auth, which is raw JSON.
[[nodiscard]] std::string handshake_json(engineio::opening_request const& opening, std::string_view auth);

/// The parameters of a raw query as a JSON object; of a key that comes twice the last value counts.
[[nodiscard]] std::string query_json(std::string_view query);

} // namespace ringback::socketio
