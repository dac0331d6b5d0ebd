#pragma once

#include "auth/livekit_token.hpp"
#include "base/clock.hpp"
#include "media/livekit/errc.hpp"
#include "media/livekit/livekit_config.hpp"
#include "ports/call_store.hpp"
#include "ports/duty_roster.hpp"
#include "ports/media_server.hpp"

#include <expected>
#include <memory>
#include <string>

namespace ringback::media {

class room_deleter;
class room_inspector;
class room_service_signer;
class webhook_reader;

/// Calls whose media flows through LiveKit (contract, section 3). Thread-safe.
class livekit_server final : public ports::media_server {
public:
    /// `clock`, `store` and `duties` outlive the server, and the store's calls of a lost server have been ended: the
    /// rooms of calls that are over are swept from now on. A LiveKit that is down now is no error. Throws when the
    /// system's trusted authorities cannot be read or there is no thread to be had.
    [[nodiscard]] static std::expected<std::unique_ptr<livekit_server>, errc> create(livekit_config const& config,
                                                                                     clock_source const& clock,
                                                                                     ports::call_store& store,
                                                                                     ports::duty_roster& duties);
    livekit_server(livekit_server const&) = delete;
    livekit_server& operator=(livekit_server const&) = delete;
    /// Returns within `stop_grace` and a moment. Rooms that are not deleted by then stay on LiveKit, with a log line,
    /// until the next start. Questions that wait are answered with nullopt.
    ~livekit_server() override;

    [[nodiscard]] std::expected<ports::media_credentials, ports::media_errc>
    mint(call_id const& call, call::call_type type, call::display const& party, wall_time now) override;

    void delete_room(call_id const& call) override;
    void list_participants(call_id const& call,
                           ports::completion<std::optional<std::vector<ports::media_participant>>> done) override;
    [[nodiscard]] std::expected<std::optional<ports::media_notice>, ports::webhook_errc>
    read_webhook(std::string_view authorization, std::string_view body, wall_time now) override;

private:
    livekit_server(std::string url, auth::livekit_token_signer signer);

    std::string url_;
    auth::livekit_token_signer signer_;
    std::unique_ptr<webhook_reader> webhooks_;
    std::unique_ptr<room_service_signer> service_signer_; ///< of the two below
    std::unique_ptr<room_deleter> deleter_;
    std::unique_ptr<room_inspector> inspector_; ///< gives rooms to the deleter
};

} // namespace ringback::media
