#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "gateway/config.hpp"

#include <string>

namespace ringback::gateway {

/// `iceServers`, as browsers take it: the STUN servers, and with a secret the TURN servers with credentials of the
/// account that are good for `turn_ttl`. JSON, `[]` without any.
[[nodiscard]] std::string render_ice_servers(ice_config const& config, account_id const& who, wall_time now);

} // namespace ringback::gateway
