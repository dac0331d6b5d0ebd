#pragma once

#include "auth/errc.hpp"
#include "auth/jwt_signer.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace ringback::auth {

struct livekit_key {
    std::string api_key;
    secret api_secret;
    std::chrono::seconds token_ttl{600}; ///< LiveKit renews the token of who is connected
};

enum class livekit_sources { all, microphone };

/// Who may join which room: a party of a call, whose room has the call's id.
struct livekit_grant {
    account_id const& account;
    std::string_view name; ///< shown to the others; empty: none
    call_id room;
    livekit_sources sources = livekit_sources::all;
};

/// Mints access tokens for LiveKit (contract section 3; LiveKit's claims `video` and their spelling). Thread-safe.
/// Two tokens for every accepted call, so this is a hot path: 2 to 3 µs a token, nearly all of it in cjose.
class livekit_token_signer {
public:
    /// secret_too_short for an empty one; any other is for the LiveKit server to judge.
    [[nodiscard]] static std::expected<livekit_token_signer, errc> create(livekit_key const& key);

    /// Throws std::runtime_error when memory or OpenSSL fails.
    [[nodiscard]] std::string sign(livekit_grant const& grant, wall_time now) const;

private:
    livekit_token_signer(jwt_signer signer, std::string issuer, std::chrono::seconds ttl)
        : signer_{std::move(signer)},
          issuer_claim_{std::move(issuer)},
          ttl_{ttl} {}

    jwt_signer signer_;
    std::string issuer_claim_; ///< the beginning of every payload, up to the value of `sub`
    std::chrono::seconds ttl_;
};

} // namespace ringback::auth
