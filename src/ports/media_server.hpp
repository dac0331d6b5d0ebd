#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "call/account.hpp"
#include "call/call_types.hpp"

#include <cstdint>
#include <expected>
#include <string>

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

/// Where the media of a call flows. Thread-safe. No media server configured means that there is no such object.
class media_server {
public:
    virtual ~media_server() = default;

    /// Fresh credentials for a party; the room is the call's id. Signed locally: returns at once, asks nobody.
    [[nodiscard]] virtual std::expected<media_credentials, media_errc>
    mint(call_id const& call, call::call_type type, call::display const& party, wall_time now) = 0;

    /// Deletes the room in the background, with retries; returns at once and never fails the caller.
    virtual void delete_room(call_id const& call) = 0;
};

} // namespace ringback::ports
