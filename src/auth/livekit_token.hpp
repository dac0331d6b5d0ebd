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

/// How LiveKit makes the room when the first party joins: it travels in the tokens (claim `roomConfig`), so that nobody
/// has to ask LiveKit before a call is accepted.
struct livekit_room {
    unsigned max_participants = 2;
    std::chrono::seconds empty_timeout{60};     ///< how long a room waits for its first participant
    std::chrono::seconds departure_timeout{30}; ///< how long it is kept after the last one left
};

struct livekit_key {
    std::string api_key;
    secret api_secret;
    std::chrono::seconds token_ttl{600}; ///< LiveKit renews the token of who is connected
    livekit_room room{};
};

enum class livekit_sources { all, microphone };

/// Who may join which room: a party of a call, whose room has the call's id.
struct livekit_grant {
    account_id const& account;
    std::string_view name; ///< shown to the others; empty: none
    call_id room;
    livekit_sources sources = livekit_sources::all;
};

/// Mints access tokens for LiveKit (contract section 3; LiveKit's claims `video` and `roomConfig` and their spelling).
/// Thread-safe. Two tokens for every accepted call, so this is a hot path: 2 to 3 µs a token, nearly all of it in
/// cjose.
class livekit_token_signer {
public:
    /// secret_too_short for an empty one; any other is for the LiveKit server to judge.
    [[nodiscard]] static std::expected<livekit_token_signer, errc> create(livekit_key const& key);

    /// Throws std::runtime_error when memory or OpenSSL fails.
    [[nodiscard]] std::string sign(livekit_grant const& grant, wall_time now) const;

private:
    livekit_token_signer(jwt_signer signer, std::string issuer, std::chrono::seconds ttl, std::string room)
        : signer_{std::move(signer)},
          issuer_claim_{std::move(issuer)},
          ttl_{ttl},
          room_claim_{std::move(room)} {}

    jwt_signer signer_;
    std::string issuer_claim_; ///< the beginning of every payload, up to the value of `sub`
    std::chrono::seconds ttl_;
    std::string room_claim_; ///< the end of every payload, from the comma before `roomConfig` on
};

} // namespace ringback::auth
