#include "app/settings_table.hpp"

#include "app/setting_text.hpp"
#include "auth/jws_key.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace ringback::app {
namespace {

using namespace std::chrono_literals;
using words = std::string_view[];

constexpr std::uint64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr std::uint32_t million = 1'000'000;

constexpr words transport_words{"polling", "websocket"};
constexpr words algorithm_words{"HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384"};
constexpr words provisioning_words{"claims", "strict"};
constexpr words approval_words{"APPROVED", "PENDING"};
constexpr words billing_words{"meter", "prepaid"};
constexpr words directory_words{"contacts", "everyone"};
constexpr words media_words{"p2p", "livekit"};
constexpr words adapter_words{"classic", "streams"};
constexpr words event_words{"call.ringing", "call.accepted", "call.ended", "account.presence"};
constexpr words level_words{"trace", "debug", "info", "warn", "error", "off"};
constexpr words format_words{"auto", "text", "json"};

template <auto Field>
constexpr auto server = at<&settings::server, Field>();
template <auto Field>
constexpr auto engine = at<&settings::engine, Field>();
template <auto Field>
constexpr auto authn = at<&settings::auth, Field>();
template <auto Field>
constexpr auto limits = at<&settings::limits, Field>();
template <auto Field>
constexpr auto calls = at<&settings::calls, Field>();
template <auto Field>
constexpr auto billing = at<&settings::billing, Field>();
template <auto Field>
constexpr auto peer = at<&settings::peer, Field>();
template <auto Field>
constexpr auto store = at<&settings::store, Field>();
template <auto Field>
constexpr auto cluster = at<&settings::cluster, Field>();
template <auto Field>
constexpr auto livekit = at<&settings::livekit, Field>();
template <auto Field>
constexpr auto turn = at<&settings::turn, Field>();
template <auto Field>
constexpr auto webhooks = at<&settings::webhooks, Field>();

constexpr std::string_view store_url_allowed =
    R"("sqlite:FILE" or "postgresql://USER:PASSWORD@HOST/DATABASE", with @, /, ? and # written as %40, %2F, %3F and %23 in user and password)";

constexpr std::string_view redis_url_allowed =
    R"("redis://USER:PASSWORD@HOST:PORT/DATABASE", or "redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/MASTER/DATABASE" with the addresses of Sentinels, in which all but HOST and MASTER may be left out; "rediss" instead of "redis" for TLS; @, :, /, ?, # and % as %40, %3A, %2F, %3F, %23 and %25 in user and password)";

using cls = cluster_settings;
using srv = server_settings;
using eng = engine_settings;
using aut = auth_settings;
using lim = limits_settings;
using cal = calls_settings;
using bil = billing_settings;
using prs = peer_settings;
using lvk = livekit_settings;
using trn = turn_settings;
using whk = webhooks_settings;

// The defaults stand in settings.hpp. A range that begins above 0 and has no zero::allowed is of something that must be
// waited for, or could not work without.
// clang-format off: a table is read by its columns.
std::array const table{
    setting_key{"server", "listen",          listen_kind{server<&srv::listen>}},
    setting_key{"server", "shards",          count_kind{server<&srv::shards>, 1, 256}},
    setting_key{"server", "cors_origins",    list_kind{server<&srv::cors_origins>, is_cors_origin, R"("*" or origins in lower case, such as "https://app.example.com")"}},
    setting_key{"server", "trusted_proxies", list_kind{server<&srv::trusted_proxies>, is_network, R"(addresses or networks, such as "10.0.0.0/8")"}},
    setting_key{"server", "tls_certificate", text_kind{server<&srv::tls_certificate>}},
    setting_key{"server", "tls_key",         text_kind{server<&srv::tls_key>}},
    setting_key{"server", "max_sockets",     count_kind{server<&srv::max_sockets>, 0, 100 * million}},
    setting_key{"server", "demo",            flag_kind{server<&srv::demo>}},
    setting_key{"server", "metrics_token",   secret_kind{server<&srv::metrics_token>, 0}},

    setting_key{"engine", "ping_interval",      duration_kind{engine<&eng::ping_interval>, 100ms, 1h}},
    setting_key{"engine", "ping_timeout",       duration_kind{engine<&eng::ping_timeout>, 100ms, 1h}},
    setting_key{"engine", "upgrade_timeout",    duration_kind{engine<&eng::upgrade_timeout>, 100ms, 1h}},
    setting_key{"engine", "connect_timeout",    duration_kind{engine<&eng::connect_timeout>, 100ms, 1h}},
    setting_key{"engine", "max_payload",        size_kind{engine<&eng::max_payload>, 1 * kib, 1 * gib, zero::allowed}},
    setting_key{"engine", "max_outbox_bytes",   size_kind{engine<&eng::max_outbox_bytes>, 1 * kib, 1 * gib, zero::allowed}},
    setting_key{"engine", "max_outbox_packets", count_kind{engine<&eng::max_outbox_packets>, 0, million}},
    setting_key{"engine", "allow_eio3",         flag_kind{engine<&eng::allow_eio3>}},
    setting_key{"engine", "recovery_window",    duration_kind{engine<&eng::recovery_window>, 1s, 1h, zero::allowed}},
    setting_key{"engine", "transports",         words_kind{engine<&eng::transports>, transport_words}},

    setting_key{"auth", "algorithms",  words_kind{authn<&aut::algorithms>, algorithm_words}},
    setting_key{"auth", "secret",      secret_kind{authn<&aut::secret>, auth::min_secret_bytes}},
    setting_key{"auth", "secret_file", text_kind{authn<&aut::secret_file>}},
    setting_key{"auth", "keys",        list_kind{authn<&aut::keys>, nullptr, "PEM or JWKS files"}},
    setting_key{"auth", "issuer",      text_kind{authn<&aut::issuer>}},
    setting_key{"auth", "audience",    text_kind{authn<&aut::audience>}},
    setting_key{"auth", "leeway",      duration_kind{authn<&aut::leeway>, 1s, 10min, zero::allowed}},
    setting_key{"auth", "require_exp", flag_kind{authn<&aut::require_exp>}},

    setting_key{"accounts", "provisioning",     choice<&settings::accounts, &accounts_settings::provisioning>(provisioning_words)},
    setting_key{"accounts", "default_approval", choice<&settings::accounts, &accounts_settings::default_approval>(approval_words)},

    setting_key{"limits", "connections_per_minute",   count_kind{limits<&lim::connections_per_minute>, 0, million}},
    setting_key{"limits", "handshakes_per_minute",    count_kind{limits<&lim::handshakes_per_minute>, 0, million}},
    setting_key{"limits", "call_initiate_per_minute", count_kind{limits<&lim::call_initiate_per_minute>, 0, million}},
    setting_key{"limits", "call_cancel_per_minute",   count_kind{limits<&lim::call_cancel_per_minute>, 0, million}},
    setting_key{"limits", "call_end_per_minute",      count_kind{limits<&lim::call_end_per_minute>, 0, million}},
    setting_key{"limits", "call_accept_per_minute",   count_kind{limits<&lim::call_accept_per_minute>, 0, million}},
    setting_key{"limits", "call_reject_per_minute",   count_kind{limits<&lim::call_reject_per_minute>, 0, million}},
    setting_key{"limits", "signals_per_second",       count_kind{limits<&lim::signals_per_second>, 0, million}},
    setting_key{"limits", "metadata_bytes",           size_kind{limits<&lim::metadata_bytes>, 1, 1 * mib, zero::allowed}},

    setting_key{"calls", "ring_timeout",       duration_kind{calls<&cal::ring_timeout>, 100ms, 1h}},
    setting_key{"calls", "reconnect_grace",    duration_kind{calls<&cal::reconnect_grace>, 100ms, 1h, zero::allowed}},
    setting_key{"calls", "recovery_grace",     duration_kind{calls<&cal::recovery_grace>, 100ms, 1h, zero::allowed}},
    setting_key{"calls", "cancel_race_window", duration_kind{calls<&cal::cancel_race_window>, 1ms, 1min, zero::allowed}},
    setting_key{"calls", "drain_timeout",      duration_kind{calls<&cal::drain_timeout>, 100ms, 24h, zero::allowed}},
    setting_key{"calls", "max_duration",       duration_kind{calls<&cal::max_duration>, 1s, 168h, zero::allowed}},

    setting_key{"billing", "mode",                  choice<&settings::billing, &bil::mode>(billing_words)},
    setting_key{"billing", "minimum_seconds",       count_kind{billing<&bil::minimum_seconds>, 0, 86'400}},
    setting_key{"billing", "user_audio_rate",       count_kind{billing<&bil::user_audio_rate>, 0, million}},
    setting_key{"billing", "user_video_rate",       count_kind{billing<&bil::user_video_rate>, 0, million}},
    setting_key{"billing", "telecaller_audio_rate", count_kind{billing<&bil::telecaller_audio_rate>, 0, million}},
    setting_key{"billing", "telecaller_video_rate", count_kind{billing<&bil::telecaller_video_rate>, 0, million}},

    setting_key{"peer", "directory",         choice<&settings::peer, &prs::directory>(directory_words)},
    setting_key{"peer", "media",             choice<&settings::peer, &prs::media>(media_words)},
    setting_key{"peer", "handshake_timeout", duration_kind{peer<&prs::handshake_timeout>, 100ms, 1h}},
    setting_key{"peer", "reconnect_grace",   duration_kind{peer<&prs::reconnect_grace>, 100ms, 1h, zero::allowed}},
    setting_key{"peer", "max_signal_bytes",  size_kind{peer<&prs::max_signal_bytes>, 1 * kib, 1 * gib, zero::allowed}},

    setting_key{"store", "url",  text_kind{store<&store_settings::url>, is_store_url, store_url_allowed, shown_as::url_without_credentials}},
    setting_key{"store", "pool", count_kind{store<&store_settings::pool>, 1, 64}},

    setting_key{"cluster", "redis_url",         text_kind{cluster<&cls::redis_url>, is_redis_url, redis_url_allowed, shown_as::url_without_credentials}},
    setting_key{"cluster", "redis_url_file",    text_kind{cluster<&cls::redis_url_file>}},
    setting_key{"cluster", "redis_ca",          text_kind{cluster<&cls::redis_ca>}},
    setting_key{"cluster", "redis_certificate", text_kind{cluster<&cls::redis_certificate>}},
    setting_key{"cluster", "redis_key",         text_kind{cluster<&cls::redis_key>}},
    setting_key{"cluster", "adapter",           choice<&settings::cluster, &cls::adapter>(adapter_words)},
    setting_key{"cluster", "node_id",           text_kind{cluster<&cls::node_id>}},
    setting_key{"cluster", "lease",             duration_kind{cluster<&cls::lease>, 1s, 10min}},

    setting_key{"livekit", "url",               text_kind{livekit<&lvk::url>, is_livekit_url, R"("wss://HOST", "ws://HOST", "https://HOST" or "http://HOST")"}},
    setting_key{"livekit", "api_key",           text_kind{livekit<&lvk::api_key>}},
    setting_key{"livekit", "api_secret",        secret_kind{livekit<&lvk::api_secret>, 0}},
    setting_key{"livekit", "api_secret_file",   text_kind{livekit<&lvk::api_secret_file>}},
    setting_key{"livekit", "token_ttl",         duration_kind{livekit<&lvk::token_ttl>, 1s, 24h}},
    setting_key{"livekit", "join_timeout",      duration_kind{livekit<&lvk::join_timeout>, 1s, 1h, zero::allowed}},
    setting_key{"livekit", "empty_timeout",     duration_kind{livekit<&lvk::empty_timeout>, 1s, 24h}},
    setting_key{"livekit", "departure_timeout", duration_kind{livekit<&lvk::departure_timeout>, 1s, 24h}},
    setting_key{"livekit", "sweep_interval",    duration_kind{livekit<&lvk::sweep_interval>, 1s, 24h}},

    setting_key{"turn", "urls",        list_kind{turn<&trn::urls>, is_turn_url, R"("turn:HOST" or "turns:HOST")"}},
    setting_key{"turn", "secret",      secret_kind{turn<&trn::secret>, 0}},
    setting_key{"turn", "secret_file", text_kind{turn<&trn::secret_file>}},
    setting_key{"turn", "ttl",         duration_kind{turn<&trn::ttl>, 1min, 168h}},
    setting_key{"turn", "stun_urls",   list_kind{turn<&trn::stun_urls>, is_stun_url, R"("stun:HOST" or "stuns:HOST")"}},

    setting_key{"webhooks", "url",                     text_kind{webhooks<&whk::url>, is_http_url, R"("https://HOST/PATH" or "http://HOST/PATH")", shown_as::url_without_credentials}},
    setting_key{"webhooks", "secret",                  secrets_kind{webhooks<&whk::secret>}},
    setting_key{"webhooks", "secret_file",             text_kind{webhooks<&whk::secret_file>}},
    setting_key{"webhooks", "events",                  words_kind{webhooks<&whk::events>, event_words}},
    setting_key{"webhooks", "allow_private_addresses", flag_kind{webhooks<&whk::allow_private_addresses>}},
    setting_key{"webhooks", "max_in_flight",           count_kind{webhooks<&whk::max_in_flight>, 1, 256}},
    setting_key{"webhooks", "connect_timeout",         duration_kind{webhooks<&whk::connect_timeout>, 100ms, 1min}},
    setting_key{"webhooks", "timeout",                 duration_kind{webhooks<&whk::timeout>, 100ms, 5min}},
    setting_key{"webhooks", "max_response",            size_kind{webhooks<&whk::max_response>, 1 * kib, 16 * mib}},
    setting_key{"webhooks", "retry_first",             duration_kind{webhooks<&whk::retry_first>, 100ms, 1h}},
    setting_key{"webhooks", "retry_longest",           duration_kind{webhooks<&whk::retry_longest>, 100ms, 24h}},
    setting_key{"webhooks", "give_up_after",           duration_kind{webhooks<&whk::give_up_after>, 1s, 168h}},
    setting_key{"webhooks", "max_waiting",             count_kind{webhooks<&whk::max_waiting>, 2, 10 * million}},
    setting_key{"webhooks", "max_dead",                count_kind{webhooks<&whk::max_dead>, 1, million}},

    setting_key{"log", "level",  choice<&settings::log, &log_settings::level>(level_words)},
    setting_key{"log", "format", choice<&settings::log, &log_settings::format>(format_words)},
};
// clang-format on

} // namespace

std::span<setting_key const> setting_keys() { return table; }

setting_key const* find_setting(std::string_view section, std::string_view name) {
    auto key = std::ranges::find_if(table, [&](auto const& k) { return k.section == section && k.name == name; });
    return key == table.end() ? nullptr : &*key;
}

std::string setting_names(std::string_view section) {
    std::string names;
    std::string_view last;
    for (auto const& key : table) {
        if (section.empty() ? key.section == last : key.section != section) continue;
        if (!names.empty()) names += ", ";
        names += section.empty() ? key.section : key.name;
        last = key.section;
    }
    return names;
}

bool setting_key::read(settings& s, raw_value const& raw) const {
    return std::visit([&](auto const& k) { return k.read(s, raw); }, kind);
}

std::string setting_key::allowed() const {
    return std::visit([](auto const& k) { return k.allowed(); }, kind);
}

std::string setting_key::toml(settings const& s) const {
    return std::visit([&](auto const& k) { return k.toml(s); }, kind);
}

std::string setting_key::shown(raw_value const& raw) const {
    if (std::holds_alternative<secret_kind>(kind) || std::holds_alternative<secrets_kind>(kind)) return "***";
    auto const* text = std::get_if<text_kind>(&kind);
    if (!text || text->look == shown_as::text) return raw.shown();
    auto url = as_text(raw);
    return url ? raw_value{without_credentials(*url)}.shown() : "***";
}

std::string effective_toml(settings const& s) {
    std::string out;
    std::string_view section;
    for (auto const& key : table) {
        if (key.section != section) {
            if (!out.empty()) out += '\n';
            section = key.section;
            out.append("[").append(section).append("]\n");
        }
        out.append(key.name).append(" = ").append(key.toml(s)).append("\n");
    }
    return out;
}

} // namespace ringback::app
