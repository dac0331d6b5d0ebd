#pragma once

#include "base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ringback::app {

/// What the configuration of a server comes to: one struct for each section of the settings (contract, section 7),
/// with the defaults. Every value that is read from a source was checked against settings_table.cpp, which says what is
/// allowed. A limit or a duration of 0 is switched off where the table allows 0.
using duration = std::chrono::milliseconds;

struct listen_address {
    std::string host;       ///< an IPv4 or IPv6 address, the latter without brackets
    std::uint16_t port = 0; ///< 0: one that the system picks

    [[nodiscard]] bool is_loopback() const;
    friend bool operator==(listen_address const&, listen_address const&) = default;
};

/// As many as the machine has processors, within what `server.shards` allows.
[[nodiscard]] std::uint32_t default_shards();

struct server_settings {
    std::vector<listen_address> listen{{"127.0.0.1", 8000}, {"::1", 8000}};
    std::uint32_t shards = default_shards();
    std::vector<std::string> cors_origins;    ///< `*`: any; empty: the same origin only
    std::vector<std::string> trusted_proxies; ///< CIDR
    std::string tls_certificate;              ///< PEM file
    std::string tls_key;                      ///< PEM file
    std::uint32_t max_sockets = 0;            ///< 0: no limit
    bool demo = false;
    secret metrics_token;
};

struct engine_settings {
    duration ping_interval = std::chrono::seconds{25};
    duration ping_timeout = std::chrono::seconds{20};
    duration upgrade_timeout = std::chrono::seconds{10};
    duration connect_timeout = std::chrono::seconds{45};
    std::uint64_t max_payload = 1'000'000;        ///< bytes; 0: no limit
    std::uint64_t max_outbox_bytes = 1024 * 1024; ///< 0: no limit
    std::uint32_t max_outbox_packets = 4096;      ///< 0: no limit
    bool allow_eio3 = false;
    duration recovery_window{0};
    std::vector<std::string> transports{"polling", "websocket"};
};

struct auth_settings {
    std::vector<std::string> algorithms{"HS256"};
    ringback::secret secret; ///< from `secret_file` too
    std::string secret_file;
    std::vector<std::string> keys; ///< PEM or JWKS files
    std::string issuer;            ///< empty: any
    std::string audience;          ///< empty: any
    duration leeway = std::chrono::seconds{5};
    bool require_exp = false;
};

enum class provisioning { claims, strict };
enum class first_approval { approved, pending };

struct accounts_settings {
    app::provisioning provisioning = app::provisioning::claims;
    first_approval default_approval = first_approval::approved;
};

struct limits_settings {
    std::uint32_t connections_per_minute = 10;
    std::uint32_t handshakes_per_minute = 60;
    std::uint32_t call_initiate_per_minute = 5;
    std::uint32_t call_cancel_per_minute = 20;
    std::uint32_t call_end_per_minute = 20;
    std::uint32_t call_accept_per_minute = 20;
    std::uint32_t call_reject_per_minute = 20;
    std::uint32_t signals_per_second = 50;
    std::uint64_t metadata_bytes = 4 * 1024;
};

struct calls_settings {
    duration ring_timeout = std::chrono::seconds{30};
    duration reconnect_grace{0};
    duration recovery_grace = std::chrono::seconds{30};
    duration cancel_race_window = std::chrono::seconds{2};
    duration drain_timeout = std::chrono::seconds{30}; ///< 0: at once
    duration max_duration{0};
};

enum class billing_mode { meter, prepaid };

/// Rates are coins per second.
struct billing_settings {
    billing_mode mode = billing_mode::meter;
    std::uint32_t minimum_seconds = 10;
    std::uint32_t user_audio_rate = 2;
    std::uint32_t user_video_rate = 3;
    std::uint32_t telecaller_audio_rate = 1;
    std::uint32_t telecaller_video_rate = 1;
};

enum class peer_directory { contacts, everyone };
enum class peer_media { p2p, livekit };
enum class cluster_adapter { classic, streams };

struct peer_settings {
    peer_directory directory = peer_directory::contacts;
    peer_media media = peer_media::p2p;
    duration handshake_timeout = std::chrono::seconds{10};
    duration reconnect_grace = std::chrono::seconds{30};
    std::uint64_t max_signal_bytes = 64 * 1024;
};

struct store_settings {
    std::string url = "sqlite:ringback.db"; ///< a relative file lies in the data directory: database_file()
    std::uint32_t pool = 4;                 ///< connections
};

struct cluster_settings {
    std::string redis_url; ///< empty: one node; from `redis_url_file` too
    std::string redis_url_file;
    std::string redis_ca; ///< PEM; empty: the authorities of the system
    std::string redis_certificate, redis_key;
    cluster_adapter adapter = cluster_adapter::classic;
    std::string node_id; ///< empty: host name and a random part
    duration lease = std::chrono::seconds{10};
};

struct livekit_settings {
    std::string url;
    std::string api_key;
    secret api_secret; ///< from `api_secret_file` too
    std::string api_secret_file;
    duration token_ttl = std::chrono::minutes{10};
    duration join_timeout{0};
    duration empty_timeout = std::chrono::seconds{60};
    duration departure_timeout = std::chrono::seconds{30};
    duration sweep_interval = std::chrono::minutes{10};

    /// Without LiveKit accepted calls carry `livekit: null`.
    [[nodiscard]] bool configured() const { return !url.empty(); }
};

struct turn_settings {
    std::vector<std::string> urls;
    ringback::secret secret; ///< from `secret_file` too
    std::string secret_file;
    duration ttl = std::chrono::hours{1};
    std::vector<std::string> stun_urls;
};

struct webhooks_settings {
    std::string url;                      ///< empty: none
    std::vector<ringback::secret> secret; ///< a second one during rotation; from the lines of `secret_file` too
    std::string secret_file;
    std::vector<std::string> events{"call.ringing", "call.accepted", "call.ended", "account.presence"};
    bool allow_private_addresses = false;
    std::uint32_t max_in_flight = 8;
    duration connect_timeout = std::chrono::seconds{5};
    duration timeout = std::chrono::seconds{10};
    std::uint64_t max_response = 64 * 1024; ///< bytes
    duration retry_first = std::chrono::seconds{1};
    duration retry_longest = std::chrono::hours{1};
    duration give_up_after = std::chrono::hours{24};
    std::uint32_t max_waiting = 100'000;
    std::uint32_t max_dead = 10'000;

    [[nodiscard]] bool configured() const { return !url.empty(); }
};

enum class log_level { trace, debug, info, warn, error, off };
enum class log_shape { automatic, text, json }; ///< automatic: text on a terminal, else json

struct log_settings {
    log_level level = log_level::info;
    log_shape format = log_shape::automatic;
};

struct settings {
    std::filesystem::path data_directory = "ringback-data"; ///< `--data`; no key of the file

    server_settings server;
    engine_settings engine;
    auth_settings auth;
    accounts_settings accounts;
    limits_settings limits;
    calls_settings calls;
    billing_settings billing;
    peer_settings peer;
    store_settings store;
    cluster_settings cluster;
    livekit_settings livekit;
    turn_settings turn;
    webhooks_settings webhooks;
    log_settings log;
};

/// `store.url` names a SQLite file; otherwise a PostgreSQL database.
[[nodiscard]] bool is_sqlite(settings const& s);
/// The SQLite file of `store.url`.
[[nodiscard]] std::filesystem::path database_file(settings const& s);

} // namespace ringback::app
