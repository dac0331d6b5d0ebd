#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"

#include <string>

namespace ringback::auth {

/// What a client shows to a TURN server, by the "REST API for access to TURN services" that coturn and others
/// implement: good until the moment in the name, without the TURN server asking anybody.
struct turn_credentials {
    std::string username;   ///< `<unix seconds of the expiry>:<account id>`
    std::string credential; ///< base64 of HMAC-SHA1 over the username
};

/// Thread-safe. `shared` is the secret that the TURN server knows too; not empty.
[[nodiscard]] turn_credentials make_turn_credentials(secret const& shared, account_id const& account,
                                                     wall_time expires_at);

} // namespace ringback::auth
