#include "auth/livekit_token.hpp"

#include "base/json_text.hpp"

namespace ringback::auth {

std::expected<livekit_token_signer, errc> livekit_token_signer::create(livekit_key const& key) {
    auto signer = jwt_signer::create(key.api_secret);
    if (!signer) return std::unexpected{signer.error()};
    return livekit_token_signer{*std::move(signer), R"({"iss":)" + json_string(key.api_key) + R"(,"sub":)",
                                key.token_ttl};
}

std::string livekit_token_signer::sign(livekit_grant const& grant, wall_time now) const {
    auto begins = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    std::string payload;
    payload.reserve(512);
    payload += issuer_claim_;
    append_json_string(payload, grant.account.text());
    if (!grant.name.empty()) {
        payload += R"(,"name":)";
        append_json_string(payload, grant.name);
    }
    payload.append(R"(,"nbf":)").append(std::to_string(begins.count()));
    payload.append(R"(,"exp":)").append(std::to_string((begins + ttl_).count()));
    payload.append(R"(,"video":{"roomJoin":true,"room":")").append(grant.room.text());
    payload += R"(","canPublish":true,"canSubscribe":true,"canPublishData":true)";
    if (grant.sources == livekit_sources::microphone) payload += R"(,"canPublishSources":["microphone"])";
    payload += "}}";
    return signer_.sign(payload);
}

} // namespace ringback::auth
