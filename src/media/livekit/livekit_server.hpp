#pragma once

#include "auth/livekit_token.hpp"
#include "base/clock.hpp"
#include "media/livekit/errc.hpp"
#include "media/livekit/livekit_config.hpp"
#include "ports/media_server.hpp"

#include <expected>
#include <memory>
#include <string>

namespace ringback::media {

class room_deleter;

/// Calls whose media flows through LiveKit (contract, section 3). Thread-safe.
class livekit_server final : public ports::media_server {
public:
    /// `clock` outlives the server. Talks to nobody yet: a LiveKit that is down now is no error. Throws when the
    /// system's trusted authorities cannot be read or there is no thread to be had.
    [[nodiscard]] static std::expected<std::unique_ptr<livekit_server>, errc> create(livekit_config const& config,
                                                                                     clock_source const& clock);
    livekit_server(livekit_server const&) = delete;
    livekit_server& operator=(livekit_server const&) = delete;
    /// Returns within `stop_grace` and a moment. Rooms that are not deleted by then stay on LiveKit, with a log line.
    ~livekit_server() override;

    [[nodiscard]] std::expected<ports::media_credentials, ports::media_errc>
    mint(call_id const& call, call::call_type type, call::display const& party, wall_time now) override;

    void delete_room(call_id const& call) override;

private:
    livekit_server(std::string url, auth::livekit_token_signer signer, std::unique_ptr<room_deleter> deleter);

    std::string url_;
    auth::livekit_token_signer signer_;
    std::unique_ptr<room_deleter> deleter_;
};

} // namespace ringback::media
