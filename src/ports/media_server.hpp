#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "call/account.hpp"
#include "call/call_types.hpp"
#include "ports/completion.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::ports {

/// What lets one party into the room of its call: the wire's `livekit {token, url, roomName}`.
struct media_credentials {
    secret token;
    std::string url;
    std::string room;
};

enum class media_errc : std::uint8_t {
    not_signed ///< the token could not be made; the call cannot be set up
};

/// Somebody in a room whose media flows.
struct media_participant {
    std::string identity;   ///< of a party: its account id
    std::string connection; ///< the media server's name for this stay in the room
    wall_time joined_at{};  ///< the media server's clock
};

/// What a webhook of the media server says of a call's room.
struct media_notice {
    enum class kind : std::uint8_t {
        room_started,
        joined,
        left,
        removed, ///< by an operator of the media server
        room_finished
    };
    kind what = kind::joined;
    call_id call;
    media_participant who{}; ///< of room_started and room_finished: nobody
};

enum class webhook_errc : std::uint8_t {
    not_genuine, ///< not signed by our media server, not for this body, or not for this time
    malformed    ///< signed, and yet no event
};

/// Where the media of a call flows. Thread-safe. No media server configured means that there is no such object.
class media_server {
public:
    virtual ~media_server() = default;

    /// Fresh credentials for a party; the room is the call's id. Signed locally: returns at once, asks nobody.
    [[nodiscard]] virtual std::expected<media_credentials, media_errc>
    mint(call_id const& call, call::call_type type, call::display const& party, wall_time now) = 0;

    /// Deletes the room in the background, with retries; returns at once and never fails the caller.
    virtual void delete_room(call_id const& call) = 0;

    /// Who is in the room of the call: nobody when there is no such room. nullopt: the media server did not say. `done`
    /// is called on a thread of the media server, or at once.
    virtual void list_participants(call_id const& call,
                                   completion<std::optional<std::vector<media_participant>>> done) = 0;

    /// Reads a webhook: the header `Authorization` and the body as they came. nullopt: genuine, but seen before, or
    /// about nothing that a call wants to hear of.
    [[nodiscard]] virtual std::expected<std::optional<media_notice>, webhook_errc>
    read_webhook(std::string_view authorization, std::string_view body, wall_time now) = 0;
};

} // namespace ringback::ports
