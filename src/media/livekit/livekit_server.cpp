#include "media/livekit/livekit_server.hpp"

#include "auth/jwt_signer.hpp"
#include "base/log.hpp"
#include "media/livekit/http_url.hpp"
#include "media/livekit/room_deleter.hpp"
#include "media/livekit/room_inspector.hpp"
#include "media/livekit/room_service.hpp"
#include "media/livekit/webhook_reader.hpp"

#include <exception>
#include <utility>

namespace ringback::media {

std::expected<std::unique_ptr<livekit_server>, errc> livekit_server::create(livekit_config const& config,
                                                                            clock_source const& clock,
                                                                            ports::call_store& store,
                                                                            ports::duty_roster& duties) {
    auto url = parse_http_url(config.url);
    if (!url) return std::unexpected{url.error()};
    if (config.api_key.empty()) return std::unexpected{errc::empty_api_key};
    auto party_signer = auth::livekit_token_signer::create({.api_key = config.api_key,
                                                            .api_secret = config.api_secret,
                                                            .token_ttl = config.token_ttl,
                                                            .room = config.room});
    auto own_signer = auth::jwt_signer::create(config.api_secret);
    auto verifier = auth::livekit_webhook_verifier::create(config.api_key, config.api_secret);
    if (!party_signer || !own_signer || !verifier) return std::unexpected{errc::empty_api_secret};
    std::unique_ptr<livekit_server> made{new livekit_server{config.url, *std::move(party_signer)}};
    made->webhooks_ = std::make_unique<webhook_reader>(*std::move(verifier));
    made->service_signer_ =
        std::make_unique<room_service_signer>(*std::move(own_signer), config.api_key, config.service_token_ttl);
    made->deleter_ = std::make_unique<room_deleter>(config, *url, *made->service_signer_, clock, store);
    made->inspector_ =
        std::make_unique<room_inspector>(config, *url, *made->service_signer_, clock, store, duties, *made->deleter_);
    return made;
}

livekit_server::livekit_server(std::string url, auth::livekit_token_signer signer)
    : url_{std::move(url)},
      signer_{std::move(signer)} {}

livekit_server::~livekit_server() = default;

std::expected<ports::media_credentials, ports::media_errc>
livekit_server::mint(call_id const& call, call::call_type type, call::display const& party, wall_time now) {
    auto sources = type == call::call_type::audio ? auth::livekit_sources::microphone : auth::livekit_sources::all;
    std::string_view name = party.name ? std::string_view{*party.name} : std::string_view{};
    try {
        secret token{signer_.sign({.account = party.id, .name = name, .room = call, .sources = sources}, now)};
        return ports::media_credentials{std::move(token), url_, call.text()};
    } catch (std::exception const& e) {
        spdlog::error("call {}: no LiveKit token: {}", call.text(), e.what());
        return std::unexpected{ports::media_errc::not_signed};
    }
}

void livekit_server::delete_room(call_id const& call) { deleter_->remove(call); }

void livekit_server::list_participants(call_id const& call,
                                       ports::completion<std::optional<std::vector<ports::media_participant>>> done) {
    inspector_->ask(call, std::move(done));
}

std::expected<std::optional<ports::media_notice>, ports::webhook_errc>
livekit_server::read_webhook(std::string_view authorization, std::string_view body, wall_time now) {
    return webhooks_->read(authorization, body, now);
}

} // namespace ringback::media
