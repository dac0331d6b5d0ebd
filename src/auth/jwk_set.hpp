#pragma once

#include "auth/public_key.hpp"

namespace ringback::auth {

/// The usable keys of a JWK set, or the one of a single JWK (RFC 7517 sections 4 and 5); perhaps none. bad_key_file
/// for what is neither.
[[nodiscard]] std::expected<std::vector<public_key>, errc> read_jwk_set(std::string_view json);

} // namespace ringback::auth
