#pragma once

#include "auth/errc.hpp"
#include "auth/jws_algorithm.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ringback::auth {

/// Numbers are big-endian bytes, as RFC 7518 section 6 writes them.
struct rsa_numbers {
    std::string modulus, exponent;

    friend bool operator==(rsa_numbers const&, rsa_numbers const&) = default;
};

enum class ec_curve : std::uint8_t { p256, p384 };

struct ec_point {
    ec_curve curve;
    std::string x, y;

    friend bool operator==(ec_point const&, ec_point const&) = default;
};

/// What a key file says of one key: plain values, not yet proven to be usable.
struct public_key {
    std::variant<rsa_numbers, ec_point> numbers;
    std::string kid{};                   ///< empty: it has no name, as every key of a PEM file
    std::optional<jws_algorithm> only{}; ///< `alg` of a JWK: the one algorithm it is meant for

    friend bool operator==(public_key const&, public_key const&) = default;
};

/// Whether the key's type, and its `alg` when it has one, allow that algorithm: RSA for RS256 and PS256, P-256 for
/// ES256, P-384 for ES384, none for HMAC.
[[nodiscard]] bool fits(public_key const& key, jws_algorithm a) noexcept;

/// The keys of a file: PEM (any number of `PUBLIC KEY`, `RSA PUBLIC KEY` and `CERTIFICATE` blocks; of a certificate
/// only the key counts), a JWK or a JWK set. As RFC 7517 section 5 asks, members of a set that this server cannot use
/// are passed over: other key types and curves, other uses than `sig`, numbers that are malformed. no_usable_key when
/// nothing is left; private_key for a PEM file that holds one, because a verifier has no business with it.
[[nodiscard]] std::expected<std::vector<public_key>, errc> read_public_keys(std::string_view text);

} // namespace ringback::auth
