#pragma once

#include "auth/jwt_signer.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "ports/media_server.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// LiveKit's RoomService, spoken as JSON over Twirp (POST, an error is `{"code", "msg"}`): what is sent, and what an
/// answer means. No I/O.
namespace ringback::media {

inline constexpr std::string_view delete_room_target = "/twirp/livekit.RoomService/DeleteRoom";
inline constexpr std::string_view list_participants_target = "/twirp/livekit.RoomService/ListParticipants";
inline constexpr std::string_view list_rooms_target = "/twirp/livekit.RoomService/ListRooms";

/// Of a request about one room.
[[nodiscard]] std::string room_body(call_id const& room);
/// Of a request about all of them.
inline constexpr std::string_view all_rooms_body = "{}";

/// Signs the requests. Thread-safe.
class room_service_signer {
public:
    /// `ttl`: how long a token is good for; no longer than a request may take.
    room_service_signer(auth::jwt_signer signer, std::string_view api_key, std::chrono::seconds ttl);

    /// May administer this room and nothing else: LiveKit asks for the right to create when one deletes. Throws
    /// std::runtime_error when memory or OpenSSL fails.
    [[nodiscard]] secret sign(call_id const& room, wall_time now) const;
    /// May list all rooms and nothing else. Throws likewise.
    [[nodiscard]] secret sign_for_list(wall_time now) const;

private:
    [[nodiscard]] secret sign(std::string_view grants, wall_time now) const;

    auth::jwt_signer signer_;
    std::string issuer_claim_; ///< the beginning of every payload
    std::chrono::seconds ttl_;
};

enum class room_verdict {
    done,
    no_such_room, ///< deleted before, or never begun
    refused,      ///< our request is wrong (its token, the URL): the next one would fare no better
    failed,       ///< not for this room; again later
    unavailable   ///< the server cannot serve now
};

[[nodiscard]] room_verdict judge_answer(unsigned status, std::string_view body);

/// Those whose media flows, from the body of a ListParticipants that is `done`; nullopt: it is none.
[[nodiscard]] std::optional<std::vector<ports::media_participant>> read_participants(std::string_view body);
/// The rooms that are named like calls, from the body of a ListRooms that is `done`; nullopt: it is none.
[[nodiscard]] std::optional<std::vector<call_id>> read_rooms(std::string_view body);

/// Twirp's error code in `body`, such as `unauthenticated`, for a log line; empty when there is none.
[[nodiscard]] std::string twirp_code(std::string_view body);

} // namespace ringback::media
