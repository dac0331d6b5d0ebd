#include "app/configs.hpp"

#include "bus/redis/classic_link.hpp"
#include "bus/redis/streams_link.hpp"
#include "gateway/webhook_payloads.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace ringback::app {

net::server_config server_config_of(settings const& s) {
    net::server_config c;
    c.listen.clear();
    for (auto const& at : s.server.listen)
        c.listen.push_back({at.host, at.port});
    if (!s.server.tls_certificate.empty()) c.tls = {s.server.tls_certificate, s.server.tls_key};
    c.shards = s.server.shards;
    c.handshakes.open = s.server.max_sockets;
    for (auto const& text : s.server.trusted_proxies)
        if (auto network = net::ip_network::parse(text)) c.trusted_proxies.push_back(*network);
    c.engine.ping_interval = s.engine.ping_interval;
    c.engine.ping_timeout = s.engine.ping_timeout;
    c.engine.upgrade_timeout = s.engine.upgrade_timeout;
    c.engine.max_payload = s.engine.max_payload;
    c.engine.max_outbox_bytes = s.engine.max_outbox_bytes;
    c.engine.max_outbox_packets = s.engine.max_outbox_packets;
    c.engine.allow_eio3 = s.engine.allow_eio3;
    auto offered = [&](std::string_view name) { return std::ranges::count(s.engine.transports, name) > 0; };
    c.engine.transports = {.polling = offered("polling"), .websocket = offered("websocket")};
    c.engine.cors.origins = s.server.cors_origins;
    // Browsers send the cookie of section 2 only to origins that are named; "*" never goes with credentials.
    c.engine.cors.credentials = std::ranges::any_of(s.server.cors_origins, [](auto& o) { return o != "*"; });
    return c;
}

std::optional<redis::config> redis_config_of(settings const& s) {
    auto c = redis::parse_url(s.cluster.redis_url);
    if (!c) return std::nullopt;
    c->files = {s.cluster.redis_ca, s.cluster.redis_certificate, s.cluster.redis_key};
    return *std::move(c);
}

net::socketio_server::adapter_factory adapter_of(settings const& s, net::server& server) {
    auto redis = redis_config_of(s);
    if (!redis) return {};
    return [redis = *std::move(redis), kind = s.cluster.adapter, &server](socketio::shard_adapter::poster post) {
        auto const first = server.at(0).loop().get_executor();
        return kind == cluster_adapter::streams ? bus::make_streams_adapter(std::move(post), first, redis)
                                                : bus::make_classic_adapter(std::move(post), first, redis);
    };
}

socketio::hub_config hub_config_of(settings const& s, std::uint32_t node) {
    socketio::hub_config c;
    c.node = node;
    c.connect_timeout = s.engine.connect_timeout;
    c.recovery.window = s.engine.recovery_window;
    c.recovery.unnoticed = s.engine.ping_interval + s.engine.ping_timeout;
    return c;
}

gateway::gateway_config gateway_config_of(settings const& s) {
    gateway::gateway_config c;
    c.calls.ring_timeout = s.calls.ring_timeout;
    c.calls.reconnect_grace = s.calls.reconnect_grace;
    c.calls.recovery_grace = s.calls.recovery_grace;
    c.calls.cancel_race_window = s.calls.cancel_race_window;
    c.calls.max_duration = s.calls.max_duration;
    if (s.livekit.configured())
        c.calls.media =
            call::media_config{.join_timeout = s.livekit.join_timeout, .away_grace = s.livekit.departure_timeout};
    c.tariff.audio = {s.billing.user_audio_rate, s.billing.telecaller_audio_rate};
    c.tariff.video = {s.billing.user_video_rate, s.billing.telecaller_video_rate};
    c.billing = s.billing.mode == billing_mode::prepaid ? gateway::billing_mode::prepaid : gateway::billing_mode::meter;
    c.minimum_paid = std::chrono::seconds{s.billing.minimum_seconds};
    c.provisioning =
        s.accounts.provisioning == provisioning::strict ? gateway::provisioning::strict : gateway::provisioning::claims;
    c.default_approval = s.accounts.default_approval == first_approval::pending ? call::approval_status::pending
                                                                                : call::approval_status::approved;
    c.node_patience = s.cluster.lease + std::chrono::seconds{2};
    c.cors_origins = s.server.cors_origins;
    c.limits = {.connections = s.limits.connections_per_minute,
                .initiate = s.limits.call_initiate_per_minute,
                .cancel = s.limits.call_cancel_per_minute,
                .end = s.limits.call_end_per_minute,
                .accept = s.limits.call_accept_per_minute,
                .reject = s.limits.call_reject_per_minute};
    c.peers = {.directory = s.peer.directory == peer_directory::everyone ? gateway::peer_directory::everyone
                                                                         : gateway::peer_directory::contacts,
               .media = s.peer.media == peer_media::livekit ? gateway::peer_media::livekit : gateway::peer_media::p2p,
               .handshake_timeout = s.peer.handshake_timeout,
               .reconnect_grace = s.peer.reconnect_grace,
               .max_signal_bytes = s.peer.max_signal_bytes,
               .signals_per_second = s.limits.signals_per_second,
               .metadata_bytes = s.limits.metadata_bytes};
    c.ice = {
        .stun_urls = s.turn.stun_urls, .turn_urls = s.turn.urls, .turn_secret = s.turn.secret, .turn_ttl = s.turn.ttl};
    c.tells_presence = s.webhooks.configured() && std::ranges::count(s.webhooks.events, "account.presence") > 0;
    return c;
}

namespace {

/// What a token or LiveKit counts in. Rounded up: a timeout of half a second is not off.
std::chrono::seconds in_seconds(duration d) { return std::chrono::ceil<std::chrono::seconds>(d); }

} // namespace

media::livekit_config livekit_config_of(settings const& s) {
    media::livekit_config c;
    c.url = s.livekit.url;
    c.api_key = s.livekit.api_key;
    c.api_secret = s.livekit.api_secret;
    c.token_ttl = in_seconds(s.livekit.token_ttl);
    c.room.empty_timeout = in_seconds(s.livekit.empty_timeout);
    c.room.departure_timeout = in_seconds(s.livekit.departure_timeout);
    c.sweep.interval = s.livekit.sweep_interval;
    return c;
}

ports::webhook_terms webhook_terms_of(settings const& s) {
    ports::webhook_terms t;
    if (!s.webhooks.configured()) return t;
    for (auto const& name : s.webhooks.events)
        if (auto type = ports::parse_webhook_type(name)) t.wanted.push_back(*type);
    t.max_waiting = s.webhooks.max_waiting;
    t.max_dead = s.webhooks.max_dead;
    t.call_body = gateway::render_call_webhook;
    t.presence_body = gateway::render_presence_webhook;
    return t;
}

webhooks::deliverer_config deliverer_config_of(settings const& s) {
    webhooks::deliverer_config c;
    c.post = {.url = s.webhooks.url,
              .connect_timeout = s.webhooks.connect_timeout,
              .timeout = s.webhooks.timeout,
              .max_response = s.webhooks.max_response,
              .max_connections = s.webhooks.max_in_flight,
              .allow_private_addresses = s.webhooks.allow_private_addresses};
    // As OpenSSL's own programs, and everything else here that checks certificates, take it.
    if (char const* file = std::getenv("SSL_CERT_FILE")) c.post.certificate_authorities = file;
    c.delivery.max_in_flight = s.webhooks.max_in_flight;
    c.delivery.retry_first = s.webhooks.retry_first;
    c.delivery.retry_longest = s.webhooks.retry_longest;
    c.delivery.give_up_after = s.webhooks.give_up_after;
    c.secrets = s.webhooks.secret;
    // What other nodes write into the outbox nobody tells the one that delivers.
    if (!s.cluster.redis_url.empty()) c.look_interval = std::chrono::milliseconds{500};
    return c;
}

} // namespace ringback::app
