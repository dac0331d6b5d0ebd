#include "auth/errc.hpp"

namespace ringback::auth {

std::string_view describe(errc e) noexcept {
    switch (e) {
    case errc::malformed: return "malformed token";
    case errc::unsupported_header: return "critical header parameter";
    case errc::algorithm_not_allowed: return "algorithm not allowed";
    case errc::bad_signature: return "bad signature";
    case errc::bad_claims: return "malformed claims";
    case errc::expired: return "expired";
    case errc::missing_expiry: return "no expiry";
    case errc::not_yet_valid: return "not yet valid";
    case errc::wrong_issuer: return "wrong issuer";
    case errc::wrong_audience: return "wrong audience";
    case errc::wrong_digest: return "signed for another body";
    case errc::bad_account_id: return "malformed account id";
    case errc::unknown_role: return "unknown role";
    case errc::unknown_key: return "unknown key";
    case errc::secret_too_short: return "secret too short";
    case errc::bad_key: return "unusable key";
    case errc::bad_key_file: return "it holds neither PEM keys nor a JWK set";
    case errc::private_key: return "it holds a private key; only public ones belong here";
    case errc::no_usable_key: return "it holds no key for any of the algorithms";
    case errc::unreadable: return "it cannot be read";
    }
    return "unknown";
}

} // namespace ringback::auth
