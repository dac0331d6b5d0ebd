#pragma once

#include "auth/errc.hpp"
#include "auth/jws_key.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace ringback::auth {

/// Whether a webhook comes from the LiveKit server that shares our key: a JWT of it names the SHA-256 of the body
/// (claim `sha256`, base64). Thread-safe.
class livekit_webhook_verifier {
public:
    /// Added on both sides of `nbf` and `exp`, which LiveKit sets 5 minutes apart.
    static constexpr std::chrono::seconds leeway{10};

    /// secret_too_short for an empty secret.
    [[nodiscard]] static std::expected<livekit_webhook_verifier, errc> create(std::string_view api_key,
                                                                              secret const& api_secret);

    /// `authorization`: the header as it came, with `Bearer` or without. wrong_digest for a body of another webhook.
    /// On success until when the same webhook could be sent again. Never throws for what a peer can send.
    [[nodiscard]] std::expected<wall_time, errc> verify(std::string_view authorization, std::string_view body,
                                                        wall_time now) const;

private:
    livekit_webhook_verifier(std::string_view api_key, jws_key key) : api_key_{api_key}, key_{std::move(key)} {}

    std::string api_key_;
    jws_key key_;
};

} // namespace ringback::auth
