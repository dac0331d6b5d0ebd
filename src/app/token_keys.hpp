#pragma once

#include "app/settings.hpp"
#include "app/settings_load.hpp"
#include "auth/jws_algorithm.hpp"
#include "auth/jwt_verifier.hpp"
#include "auth/key_ring.hpp"
#include "base/clock.hpp"

#include <optional>

namespace ringback::app {

/// What `auth` says of keys, algorithms and claims. Every listed name is one of the table's.
[[nodiscard]] auth::key_config key_config_of(auth_settings const& s);
[[nodiscard]] auth::jwt_config jwt_config_of(auth_settings const& s);

/// What `ringback token` and the demo sign with: the first HMAC among `auth.algorithms`; nullopt when public keys check
/// every token, for then somebody else has the private ones.
[[nodiscard]] std::optional<auth::jws_algorithm> signing_algorithm(auth_settings const& s);

/// The rules between algorithms, secret and keys. Reads the key files.
void check_token_keys(settings const& s, setting_errors& errors);

/// Reads the key files. Throws std::runtime_error, naming the file, when check_token_keys would refuse one.
[[nodiscard]] auth::jwt_verifier make_verifier(auth_settings const& s, wall_time now);

} // namespace ringback::app
