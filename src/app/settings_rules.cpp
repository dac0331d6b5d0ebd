#include "app/settings_rules.hpp"

#include "app/configs.hpp"
#include "app/setting_text.hpp"
#include "app/token_keys.hpp"
#include "base/json_text.hpp"
#include "net/tls_context.hpp"
#include "webhooks/curl/http_poster.hpp"

#include <algorithm>
#include <utility>

namespace ringback::app {
namespace {

/// The demo page signs tokens for whoever asks, so nobody but this machine may reach it.
void check_demo(settings const& s, setting_errors& errors) {
    if (!s.server.demo) return;
    for (auto const& address : s.server.listen)
        if (!address.is_loopback())
            errors.push_back("server.demo = true: allowed with loopback listeners only, and server.listen has " +
                             listen_text(address));
}

void check_livekit(livekit_settings const& l, setting_errors& errors) {
    bool any = !l.url.empty() || !l.api_key.empty() || !l.api_secret.empty();
    auto need = [&](bool missing, std::string_view name) {
        if (any && missing)
            errors.push_back(
                "livekit." + std::string{name} +
                " is not set; allowed are all of livekit.url, livekit.api_key and livekit.api_secret, or none");
    };
    need(l.url.empty(), "url");
    need(l.api_key.empty(), "api_key");
    need(l.api_secret.empty(), "api_secret");
}

/// Nobody can use a TURN server without credentials, and credentials are for nothing without one.
void check_turn(turn_settings const& t, setting_errors& errors) {
    if (t.urls.empty() != t.secret.empty())
        errors.push_back(std::string{t.urls.empty() ? "turn.urls" : "turn.secret"} +
                         " is not set; allowed are both of turn.urls and turn.secret, or none");
}

/// A call through LiveKit needs one.
void check_peer(settings const& s, setting_errors& errors) {
    if (s.peer.media == peer_media::livekit && !s.livekit.configured())
        errors.push_back("peer.media = \"livekit\": allowed with livekit.url only, and that is not set");
}

/// Without a signature a receiver could not tell who speaks; and a secret for nothing is a mistake.
void check_webhooks(webhooks_settings const& w, setting_errors& errors) {
    if (w.url.empty() != w.secret.empty())
        errors.push_back(std::string{w.url.empty() ? "webhooks.url" : "webhooks.secret"} +
                         " is not set; allowed are both of webhooks.url and webhooks.secret, or none");
    if (w.url.empty()) return;
    if (auto const* why = webhooks::why_not_deliverable(w.url))
        errors.push_back(
            "webhooks.url = \"***\": allowed is an absolute http or https URL, and of this one libcurl says: " +
            std::string{why});
}

void check_tls(server_settings const& s, setting_errors& errors) {
    if (s.tls_certificate.empty() != s.tls_key.empty())
        errors.push_back(std::string{s.tls_key.empty() ? "server.tls_key" : "server.tls_certificate"} +
                         " is not set; allowed are both of server.tls_certificate and server.tls_key, or none");
}

/// Files of TLS for a connection without it are a mistake: somebody believes in a protection that is not there.
void check_redis(cluster_settings const& c, setting_errors& errors) {
    bool const has_tls = c.redis_url.starts_with("rediss");
    for (auto const& [name, file] : {std::pair{"redis_ca", &c.redis_ca}, {"redis_certificate", &c.redis_certificate}})
        if (!file->empty() && !has_tls)
            errors.push_back("cluster." + std::string{name} + " = " + json_string(*file) +
                             ": allowed with a cluster.redis_url of rediss:// or rediss+sentinel:// only");
    if (c.redis_certificate.empty() != c.redis_key.empty())
        errors.push_back(std::string{c.redis_key.empty() ? "cluster.redis_key" : "cluster.redis_certificate"} +
                         " is not set; allowed are both of cluster.redis_certificate and cluster.redis_key, or none");
}

void check_redis_files(settings const& s, setting_errors& errors) {
    auto config = redis_config_of(s);
    if (!config || !config->tls) return;
    if (auto unusable = redis::why_not_usable(config->files)) errors.push_back("cluster.redis_" + *unusable);
}

void check_tls_files(server_settings const& s, setting_errors& errors) {
    if (s.tls_certificate.empty()) return;
    auto loaded = net::tls_context::load({s.tls_certificate, s.tls_key});
    if (loaded) return;
    bool of_key = loaded.error().of == net::tls_error::file::key;
    errors.push_back((of_key ? "server.tls_key " : "server.tls_certificate ") +
                     json_string(of_key ? s.tls_key : s.tls_certificate) + ": " + loaded.error().what);
}

} // namespace

void check_together(settings const& s, setting_errors& errors) {
    check_demo(s, errors);
    check_tls(s.server, errors);
    check_livekit(s.livekit, errors);
    check_turn(s.turn, errors);
    check_peer(s, errors);
    check_webhooks(s.webhooks, errors);
    check_redis(s.cluster, errors);
}

void check_can_serve(settings const& s, setting_errors& errors) {
    check_token_keys(s, errors);
    check_tls_files(s.server, errors);
    check_redis_files(s, errors);
}

} // namespace ringback::app
