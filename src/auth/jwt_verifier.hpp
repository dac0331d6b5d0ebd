#pragma once

#include "auth/claims.hpp"
#include "auth/errc.hpp"
#include "auth/jws_key.hpp"
#include "auth/key_ring.hpp"
#include "base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::auth {

/// A longer token is refused unread: a handshake must not buy a hash over a megabyte.
inline constexpr std::size_t max_token_bytes = 8 * 1024;

struct jwt_config {
    std::string issuer{};           ///< `iss` must be this; empty: any
    std::string audience{};         ///< `aud` must name this; empty: any
    std::chrono::seconds leeway{5}; ///< added on both sides of `nbf` and `exp`
    bool require_expiry = false;    ///< refuse a token without `exp`
};

/// Verifies compact JWTs (RFC 7519) against a set of keys, each with the one algorithm it is pinned to.
///
/// Thread-safe: verify() changes nothing but the key ring, which is thread-safe itself; cjose reads a shared key only,
/// and each call has its own JWS and JSON objects (jansson's one global, its hash seed, is set atomically). One
/// verifier serves every shard.
class jwt_verifier {
public:
    /// With the keys that the ring has at the moment of each token.
    jwt_verifier(std::unique_ptr<key_ring> keys, jwt_config config)
        : keys_{std::move(keys)},
          config_{std::move(config)} {}
    /// With keys that stay. secret_too_short when an HMAC key is shorter than min_secret_bytes. A set without keys
    /// refuses every token.
    [[nodiscard]] static std::expected<jwt_verifier, errc> create(std::vector<jws_key> keys, jwt_config config);

    /// Who bears `token`, at `now`. Any error means `Invalid or expired token` on the wire. Never throws for what a
    /// peer can send. When key files changed, this call may be the one that reads them again.
    [[nodiscard]] std::expected<claims, errc> verify(std::string_view token, wall_time now) const;

    /// When a socket that this token opened has to be closed: `exp` and the leeway; nullopt: never.
    [[nodiscard]] std::optional<wall_time> valid_until(claims const& c) const;

private:
    [[nodiscard]] std::expected<void, errc> check_signature(jws_message& message, wall_time now) const;

    std::unique_ptr<key_ring> keys_;
    jwt_config config_;
};

} // namespace ringback::auth
