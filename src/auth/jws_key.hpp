#pragma once

#include "auth/errc.hpp"
#include "auth/jws_algorithm.hpp"
#include "auth/public_key.hpp"
#include "base/secret.hpp"

#include <cjose/jwk.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <utility>

namespace ringback::auth {

/// RFC 7518 section 3.2 asks for a key no shorter than the hash; this is what every HMAC algorithm wants here.
inline constexpr std::size_t min_secret_bytes = 32;
/// RFC 7518 section 3.3: 2048 bits.
inline constexpr std::size_t min_rsa_bytes = 256;

/// A key, bound to the one algorithm that it may be used with: what a token's header claims can never choose how a
/// key is read (an RSA key taken for an HMAC secret is the classic forgery). Immutable, so any number of threads may
/// use one: cjose only reads a JWK while it signs or verifies.
class jws_key {
public:
    /// HS256, HS384 or HS512; bad_key for another algorithm. Fails for an empty secret, but for no other: how long one
    /// must be is for the user of the key to say, because a LiveKit server's development secret is short.
    [[nodiscard]] static std::expected<jws_key, errc> from_secret(secret const& bytes,
                                                                  jws_algorithm a = jws_algorithm::hs256);
    /// bad_key when the key does not fit() the algorithm, an RSA modulus has less than 2048 bits, an RSA exponent is
    /// no odd number above 1, or a point is not on its curve.
    [[nodiscard]] static std::expected<jws_key, errc> from_public(public_key const& key, jws_algorithm a);

    [[nodiscard]] jws_algorithm algorithm() const noexcept { return algorithm_; }
    [[nodiscard]] std::string const& kid() const noexcept { return kid_; } ///< empty: none
    /// Of a secret, an RSA modulus or a coordinate, in bytes.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The one length of a signature by this key, in bytes.
    [[nodiscard]] std::size_t signature_size() const noexcept;
    [[nodiscard]] cjose_jwk_t const* native() const noexcept { return jwk_.get(); }

private:
    struct release_jwk {
        void operator()(cjose_jwk_t* jwk) const noexcept { cjose_jwk_release(jwk); }
    };
    using jwk_ptr = std::unique_ptr<cjose_jwk_t, release_jwk>;

    jws_key(jws_algorithm algorithm, std::size_t size, jwk_ptr jwk, std::string kid = {})
        : algorithm_{algorithm},
          size_{size},
          jwk_{std::move(jwk)},
          kid_{std::move(kid)} {}

    static std::expected<jws_key, errc> from_rsa(rsa_numbers const& n, std::string const& kid, jws_algorithm a);
    static std::expected<jws_key, errc> from_ec(ec_point const& p, std::string const& kid, jws_algorithm a);

    jws_algorithm algorithm_;
    std::size_t size_;
    jwk_ptr jwk_;
    std::string kid_;
};

} // namespace ringback::auth
