#include "media/livekit/room_service.hpp"

#include "base/json_text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace ringback::media {

std::string delete_room_body(call_id const& room) { return R"({"room":")" + room.text() + R"("})"; }

room_service_signer::room_service_signer(auth::jwt_signer signer, std::string_view api_key, std::chrono::seconds ttl)
    : signer_{std::move(signer)},
      issuer_claim_{R"({"iss":)" + json_string(api_key)},
      ttl_{ttl} {}

secret room_service_signer::sign(call_id const& room, wall_time now) const {
    auto begins = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    std::string payload = issuer_claim_;
    payload.append(R"(,"nbf":)").append(std::to_string(begins.count()));
    payload.append(R"(,"exp":)").append(std::to_string((begins + ttl_).count()));
    payload.append(R"(,"video":{"roomCreate":true,"roomAdmin":true,"room":")").append(room.text()).append(R"("}})");
    return secret{signer_.sign(payload)};
}

room_verdict judge_deletion(unsigned status, std::string_view body) {
    if (status >= 200 && status < 300) return room_verdict::deleted;
    switch (status) {
    // Twirp says 404 for a wrong path too: then no room is ever deleted, and somebody should hear of it.
    case 404: return twirp_code(body) == "bad_route" ? room_verdict::refused : room_verdict::no_such_room;
    case 408: return room_verdict::failed; // Twirp's deadline_exceeded: the room's own node did not answer
    case 429:
    case 502:
    case 503:
    case 504: return room_verdict::unavailable;
    default: return status >= 500 ? room_verdict::failed : room_verdict::refused;
    }
}

std::string twirp_code(std::string_view body) {
    boost::system::error_code ec;
    auto parsed = boost::json::parse({body.data(), body.size()}, ec);
    auto const* fields = ec ? nullptr : parsed.if_object();
    auto const* code = fields ? fields->if_contains("code") : nullptr;
    auto const* text = code ? code->if_string() : nullptr;
    if (!text) return {};
    // A word, as Twirp has them: what stands between us and LiveKit shall not write our log.
    constexpr std::size_t longest = 40;
    bool is_word = text->size() <= longest &&
                   std::ranges::all_of(*text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return is_word ? std::string{text->data(), text->size()} : std::string{};
}

} // namespace ringback::media
