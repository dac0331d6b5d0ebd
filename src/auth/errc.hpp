#pragma once

#include <string_view>

namespace ringback::auth {

/// Why a token or a key is refused. On the wire every refused token is `Invalid or expired token`, so that a guesser
/// learns nothing; this is for logs, counters and tests.
enum class errc {
    malformed,             ///< no compact JWS, or one that is too long
    unsupported_header,    ///< a critical header parameter (RFC 7515 section 4.1.11)
    algorithm_not_allowed, ///< `none`, or an algorithm for which no key is configured
    bad_signature,
    bad_claims, ///< the payload is no JSON object, or a claim has an impossible type
    expired,
    missing_expiry, ///< no `exp` although the configuration asks for one
    not_yet_valid,
    wrong_issuer,
    wrong_audience,
    wrong_digest, ///< of a webhook: its body is another than the one that was signed
    bad_account_id,
    unknown_role,
    unknown_key,      ///< `kid` names no key, and there is none without a name
    secret_too_short, ///< of a key: an HMAC secret shorter than min_secret_bytes, or an empty one
    bad_key,          ///< of a public key: weaker than this server accepts, no point of its curve, or of another type
    bad_key_file,     ///< neither PEM nor JWKS
    private_key,      ///< where a public one belongs
    no_usable_key,    ///< a key file without a key for any listed algorithm
    unreadable,       ///< a key file that cannot be opened, or is too large
};

/// A few words for a log line; never a part of the token.
[[nodiscard]] std::string_view describe(errc e) noexcept;

} // namespace ringback::auth
