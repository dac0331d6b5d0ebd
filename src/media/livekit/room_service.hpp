#pragma once

#include "auth/jwt_signer.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// LiveKit's RoomService, spoken as JSON over Twirp (POST, an error is `{"code", "msg"}`): what is sent, and what an
/// answer means. No I/O.
namespace ringback::media {

inline constexpr std::string_view delete_room_target = "/twirp/livekit.RoomService/DeleteRoom";

[[nodiscard]] std::string delete_room_body(call_id const& room);

/// Signs the requests. Thread-safe.
class room_service_signer {
public:
    /// `ttl`: how long a token is good for; no longer than a request may take.
    room_service_signer(auth::jwt_signer signer, std::string_view api_key, std::chrono::seconds ttl);

    /// May administer this room and nothing else: LiveKit asks for the right to create when one deletes. Throws
    /// std::runtime_error when memory or OpenSSL fails.
    [[nodiscard]] secret sign(call_id const& room, wall_time now) const;

private:
    auth::jwt_signer signer_;
    std::string issuer_claim_; ///< the beginning of every payload
    std::chrono::seconds ttl_;
};

enum class room_verdict {
    deleted,
    no_such_room, ///< deleted before, or never begun: as good as deleted
    refused,      ///< our request is wrong (its token, the URL): the next one would fare no better
    failed,       ///< this room could not be deleted; again later
    unavailable   ///< the server cannot serve now
};

[[nodiscard]] room_verdict judge_deletion(unsigned status, std::string_view body);

/// Twirp's error code in `body`, such as `unauthenticated`, for a log line; empty when there is none.
[[nodiscard]] std::string twirp_code(std::string_view body);

} // namespace ringback::media
