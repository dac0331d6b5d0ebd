#include "auth/livekit_webhook.hpp"

#include "auth/jws_message.hpp"
#include "auth/jwt_verifier.hpp"
#include "base/base64.hpp"

#include <boost/json/parse.hpp>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <utility>

namespace ringback::auth {
namespace json = boost::json;
namespace {

std::string digest_of(std::string_view body) {
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<unsigned char const*>(body.data()), body.size(), bytes);
    return base64_encode({reinterpret_cast<char const*>(bytes), sizeof bytes});
}

bool equal(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

/// A webhook's token.
struct webhook_claims {
    std::string issuer, digest;
    std::int64_t expires = 0, begins = 0; ///< Unix seconds
};

std::expected<webhook_claims, errc> read_claims(std::string_view text) {
    boost::system::error_code ec;
    auto parsed = json::parse({text.data(), text.size()}, ec);
    auto const* fields = ec ? nullptr : parsed.if_object();
    if (!fields) return std::unexpected{errc::bad_claims};
    auto text_of = [fields](char const* name) {
        auto const* value = fields->if_contains(name);
        auto const* found = value ? value->if_string() : nullptr;
        return found ? std::string{found->data(), found->size()} : std::string{};
    };
    auto seconds_of = [fields](char const* name) -> std::int64_t {
        auto const* value = fields->if_contains(name);
        auto const* found = value ? value->if_int64() : nullptr;
        return found ? *found : 0;
    };
    return webhook_claims{text_of("iss"), text_of("sha256"), seconds_of("exp"), seconds_of("nbf")};
}

} // namespace

std::expected<livekit_webhook_verifier, errc> livekit_webhook_verifier::create(std::string_view api_key,
                                                                               secret const& api_secret) {
    auto key = jws_key::from_secret(api_secret);
    if (!key) return std::unexpected{key.error()};
    return livekit_webhook_verifier{api_key, *std::move(key)};
}

std::expected<wall_time, errc> livekit_webhook_verifier::verify(std::string_view authorization, std::string_view body,
                                                                wall_time now) const {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.starts_with(scheme)) authorization.remove_prefix(scheme.size());
    if (authorization.size() > max_token_bytes) return std::unexpected{errc::malformed};
    auto message = jws_message::parse(authorization);
    if (!message) return std::unexpected{message.error()};
    if (!message->verified_by(key_)) return std::unexpected{errc::bad_signature};
    auto claims = read_claims(message->payload());
    if (!claims) return std::unexpected{claims.error()};
    if (claims->issuer != api_key_) return std::unexpected{errc::wrong_issuer};
    std::int64_t today = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    constexpr std::int64_t a_day = 86'400; // nothing of LiveKit's is good for as long
    if (claims->expires == 0) return std::unexpected{errc::missing_expiry};
    if (claims->expires <= today - leeway.count()) return std::unexpected{errc::expired};
    if (claims->expires > today + a_day) return std::unexpected{errc::bad_claims};
    if (claims->begins > today + leeway.count()) return std::unexpected{errc::not_yet_valid};
    if (!equal(claims->digest, digest_of(body))) return std::unexpected{errc::wrong_digest};
    return wall_time{std::chrono::seconds{claims->expires} + leeway};
}

} // namespace ringback::auth
