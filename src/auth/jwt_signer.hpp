#pragma once

#include "auth/errc.hpp"
#include "auth/jws_key.hpp"
#include "base/secret.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace ringback::auth {

/// Signs JWTs with HS256 or another HMAC. Thread-safe: sign() changes nothing. 2 to 3 µs a token.
class jwt_signer {
public:
    /// secret_too_short for an empty one, bad_key for an algorithm that is no HMAC.
    [[nodiscard]] static std::expected<jwt_signer, errc> create(secret const& key,
                                                                jws_algorithm a = jws_algorithm::hs256);

    /// The compact JWS over `payload`, a JSON object. Throws std::runtime_error when memory or OpenSSL fails.
    [[nodiscard]] std::string sign(std::string_view payload) const;

private:
    explicit jwt_signer(jws_key key) : key_{std::move(key)} {}

    jws_key key_;
};

} // namespace ringback::auth
