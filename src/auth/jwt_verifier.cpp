#include "auth/jwt_verifier.hpp"

#include "auth/claims_reader.hpp"
#include "auth/jws_message.hpp"

#include <algorithm>

namespace ringback::auth {
namespace {

std::expected<void, errc> check_times(claims const& c, jwt_config const& config, wall_time now) {
    if (!c.expires_at && config.require_expiry) return std::unexpected{errc::missing_expiry};
    if (c.expires_at && now >= *c.expires_at + config.leeway) return std::unexpected{errc::expired};
    if (c.not_before && now + config.leeway < *c.not_before) return std::unexpected{errc::not_yet_valid};
    return {};
}

std::expected<void, errc> check_origin(token_payload const& payload, jwt_config const& config) {
    if (!config.issuer.empty() && payload.issuer != config.issuer) return std::unexpected{errc::wrong_issuer};
    if (!config.audience.empty() && std::ranges::find(payload.audience, config.audience) == payload.audience.end())
        return std::unexpected{errc::wrong_audience};
    return {};
}

} // namespace

std::expected<jwt_verifier, errc> jwt_verifier::create(std::vector<jws_key> keys, jwt_config config) {
    if (std::ranges::any_of(
            keys, [](jws_key const& key) { return is_symmetric(key.algorithm()) && key.size() < min_secret_bytes; }))
        return std::unexpected{errc::secret_too_short};
    return jwt_verifier{std::make_unique<key_ring>(std::move(keys)), std::move(config)};
}

std::expected<claims, errc> jwt_verifier::verify(std::string_view token, wall_time now) const {
    if (token.size() > max_token_bytes) return std::unexpected{errc::malformed};
    auto message = jws_message::parse(token);
    if (!message) return std::unexpected{message.error()};

    if (auto genuine = check_signature(*message, now); !genuine) return std::unexpected{genuine.error()};
    auto payload = read_payload(message->payload());
    if (!payload) return std::unexpected{payload.error()};
    if (auto in_time = check_times(payload->who, config_, now); !in_time) return std::unexpected{in_time.error()};
    if (auto ours = check_origin(*payload, config_); !ours) return std::unexpected{ours.error()};
    return std::move(payload->who);
}

std::expected<void, errc> jwt_verifier::check_signature(jws_message& message, wall_time now) const {
    auto keys = keys_->keys(now);
    auto genuine = keys->verify(message);
    if (genuine) return genuine;
    auto newer = keys_->keys_after(keys, now);
    return newer ? newer->verify(message) : genuine;
}

std::optional<wall_time> jwt_verifier::valid_until(claims const& c) const {
    if (!c.expires_at) return std::nullopt;
    return *c.expires_at + config_.leeway;
}

} // namespace ringback::auth
