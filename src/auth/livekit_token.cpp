#include "auth/livekit_token.hpp"

#include "base/json_text.hpp"

namespace ringback::auth {
namespace {

// In the JSON mapping of LiveKit's RoomConfiguration message.
std::string room_claim(livekit_room const& r) {
    std::string claim = R"(,"roomConfig":{"maxParticipants":)";
    claim.append(std::to_string(r.max_participants));
    claim.append(R"(,"emptyTimeout":)").append(std::to_string(r.empty_timeout.count()));
    claim.append(R"(,"departureTimeout":)").append(std::to_string(r.departure_timeout.count()));
    return claim.append("}}");
}

} // namespace

std::expected<livekit_token_signer, errc> livekit_token_signer::create(livekit_key const& key) {
    auto signer = jwt_signer::create(key.api_secret);
    if (!signer) return std::unexpected{signer.error()};
    return livekit_token_signer{*std::move(signer), R"({"iss":)" + json_string(key.api_key) + R"(,"sub":)",
                                key.token_ttl, room_claim(key.room)};
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
    payload.append("}").append(room_claim_);
    return signer_.sign(payload);
}

} // namespace ringback::auth
