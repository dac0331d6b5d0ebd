#include "media/livekit/room_service.hpp"

#include "base/json_text.hpp"
#include "media/livekit/protocol_json.hpp"

#include <algorithm>
#include <utility>

namespace ringback::media {

std::string room_body(call_id const& room) { return R"({"room":")" + room.text() + R"("})"; }

room_service_signer::room_service_signer(auth::jwt_signer signer, std::string_view api_key, std::chrono::seconds ttl)
    : signer_{std::move(signer)},
      issuer_claim_{R"({"iss":)" + json_string(api_key)},
      ttl_{ttl} {}

secret room_service_signer::sign(call_id const& room, wall_time now) const {
    return sign(R"("roomCreate":true,"roomAdmin":true,"room":")" + room.text() + '"', now);
}

secret room_service_signer::sign_for_list(wall_time now) const { return sign(R"("roomList":true)", now); }

secret room_service_signer::sign(std::string_view grants, wall_time now) const {
    auto begins = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    std::string payload = issuer_claim_;
    payload.append(R"(,"nbf":)").append(std::to_string(begins.count()));
    payload.append(R"(,"exp":)").append(std::to_string((begins + ttl_).count()));
    payload.append(R"(,"video":{)").append(grants).append("}}");
    return secret{signer_.sign(payload)};
}

room_verdict judge_answer(unsigned status, std::string_view body) {
    if (status >= 200 && status < 300) return room_verdict::done;
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

std::optional<std::vector<ports::media_participant>> read_participants(std::string_view body) {
    auto document = parse_message(body);
    if (!document) return std::nullopt;
    std::vector<ports::media_participant> found;
    for (boost::json::value const& each : list_member(*document, "participants")) {
        auto const* one = each.if_object();
        if (one && text_member(*one, "state") == "ACTIVE") found.push_back(read_participant(*one));
    }
    return found;
}

std::optional<std::vector<call_id>> read_rooms(std::string_view body) {
    auto document = parse_message(body);
    if (!document) return std::nullopt;
    std::vector<call_id> found;
    for (boost::json::value const& each : list_member(*document, "rooms")) {
        auto const* one = each.if_object();
        auto id = one ? call_id::parse(text_member(*one, "name")) : std::nullopt;
        if (id) found.push_back(*id);
    }
    return found;
}

std::string twirp_code(std::string_view body) {
    auto fields = parse_message(body);
    auto text = fields ? text_member(*fields, "code") : std::string_view{};
    // A word, as Twirp has them: what stands between us and LiveKit shall not write our log.
    constexpr std::size_t longest = 40;
    bool is_word =
        text.size() <= longest && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return is_word ? std::string{text} : std::string{};
}

} // namespace ringback::media
