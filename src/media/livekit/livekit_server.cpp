#include "media/livekit/livekit_server.hpp"

#include "auth/jwt_signer.hpp"
#include "base/log.hpp"
#include "media/livekit/http_url.hpp"
#include "media/livekit/room_deleter.hpp"
#include "media/livekit/room_service.hpp"

#include <exception>
#include <utility>

namespace ringback::media {

std::expected<std::unique_ptr<livekit_server>, errc> livekit_server::create(livekit_config const& config,
                                                                            clock_source const& clock) {
    auto url = parse_http_url(config.url);
    if (!url) return std::unexpected{url.error()};
    if (config.api_key.empty()) return std::unexpected{errc::empty_api_key};
    auto party_signer = auth::livekit_token_signer::create(
        {.api_key = config.api_key, .api_secret = config.api_secret, .token_ttl = config.token_ttl});
    auto own_signer = auth::jwt_signer::create(config.api_secret);
    if (!party_signer || !own_signer) return std::unexpected{errc::empty_api_secret};
    room_service_signer service_signer{*std::move(own_signer), config.api_key, config.service_token_ttl};
    auto deleter = std::make_unique<room_deleter>(config, *url, std::move(service_signer), clock);
    return std::unique_ptr<livekit_server>{
        new livekit_server{config.url, *std::move(party_signer), std::move(deleter)}};
}

livekit_server::livekit_server(std::string url, auth::livekit_token_signer signer,
                               std::unique_ptr<room_deleter> deleter)
    : url_{std::move(url)},
      signer_{std::move(signer)},
      deleter_{std::move(deleter)} {}

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

} // namespace ringback::media
