#pragma once

#include "auth/claims.hpp"
#include "auth/errc.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::auth {

/// The payload of a JWT as its signer wrote it: nothing in here has been compared with a clock or a configuration.
struct token_payload {
    claims who;
    std::optional<std::string> issuer;
    std::vector<std::string> audience; ///< `aud`, a string or an array of them (RFC 7519 section 4.1.3)
};

/// Reads a payload. A claim that is null counts as absent; `name`, `profile`, `language` and `about` of another type
/// than string do too, for they are decoration. A time claim that is no number, an account id or a role that is none
/// is an error: the signer meant something that this server would get wrong.
[[nodiscard]] std::expected<token_payload, errc> read_payload(std::string_view json);

} // namespace ringback::auth
