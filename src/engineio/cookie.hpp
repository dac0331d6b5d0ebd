#pragma once

#include "engineio/config.hpp"
#include "engineio/sid.hpp"

#include <string>

namespace ringback::engineio {

/// The value of the `Set-Cookie` header (RFC 6265 section 4.1) that carries a session id to load balancers which keep a
/// client on one server by it. Sent with the answer to a polling handshake alone.
[[nodiscard]] std::string set_cookie(cookie_config const& config, session_id const& sid);

} // namespace ringback::engineio
