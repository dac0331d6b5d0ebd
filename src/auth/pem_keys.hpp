#pragma once

#include "auth/public_key.hpp"

namespace ringback::auth {

/// The keys of the PEM blocks in `text` that are RSA, P-256 or P-384, in their order; perhaps none. Text between
/// blocks is passed over. bad_key_file for a block that OpenSSL cannot read, private_key for one that is secret.
[[nodiscard]] std::expected<std::vector<public_key>, errc> read_pem_keys(std::string_view text);

} // namespace ringback::auth
