#pragma once

#include "auth/errc.hpp"
#include "base/secret.hpp"

#include <cjose/jwk.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>

namespace ringback::auth {

/// The signature algorithms of RFC 7518 that this server verifies.
enum class jws_algorithm { hs256 };

/// By the name in a token's `alg`; nullopt for `none` and everything else that is not supported.
[[nodiscard]] std::optional<jws_algorithm> parse_algorithm(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(jws_algorithm a) noexcept;

/// RFC 7518 section 3.2: an HS256 key is no shorter than the hash.
inline constexpr std::size_t min_secret_bytes = 32;

/// A key, bound to the one algorithm that it may be used with: what a token's header claims can never choose how a
/// key is read (an RSA key taken for an HMAC secret is the classic forgery). Immutable, so any number of threads may
/// use one: cjose only reads a JWK while it signs or verifies.
class jws_key {
public:
    /// HS256. Fails for an empty secret alone: how long one must be is for the user of the key to say, because a
    /// LiveKit server's development secret is short.
    [[nodiscard]] static std::expected<jws_key, errc> from_secret(secret const& bytes);

    [[nodiscard]] jws_algorithm algorithm() const noexcept { return algorithm_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; } ///< in bytes
    [[nodiscard]] cjose_jwk_t const* native() const noexcept { return jwk_.get(); }

private:
    struct release_jwk {
        void operator()(cjose_jwk_t* jwk) const noexcept { cjose_jwk_release(jwk); }
    };
    using jwk_ptr = std::unique_ptr<cjose_jwk_t, release_jwk>;

    jws_key(jws_algorithm algorithm, std::size_t size, jwk_ptr jwk)
        : algorithm_{algorithm},
          size_{size},
          jwk_{std::move(jwk)} {}

    jws_algorithm algorithm_;
    std::size_t size_;
    jwk_ptr jwk_;
};

} // namespace ringback::auth
