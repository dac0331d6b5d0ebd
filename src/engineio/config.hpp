#pragma once

#include "engineio/transport.hpp"
#include "websocket/deflate_terms.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringback::engineio {

/// Who may read our answers from another origin (the Fetch standard's CORS protocol; decided in cors.hpp).
struct cors_config {
    /// `scheme://host[:port]` each, or "*" for any. Empty: same origin only, and no CORS header is ever sent.
    std::vector<std::string> origins{};
    /// Sends Access-Control-Allow-Credentials. Browsers honour it for literally named origins only, never for "*".
    bool credentials = false;
    std::vector<std::string> methods{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"};
    std::vector<std::string> allowed_headers{}; ///< empty: those that a preflight asks for
    std::vector<std::string> exposed_headers{}; ///< empty: no such header
    std::chrono::seconds max_age{0};            ///< how long a preflight may be remembered; 0: no such header
    unsigned preflight_status = 204;            ///< 200 for browsers that stumble over 204
};

enum class same_site : std::uint8_t { lax, strict, none };

/// The cookie that tells load balancers which session a request belongs to (cookie.hpp). Texts go out as they are.
struct cookie_config {
    std::string name = "io";
    std::string path = "/"; ///< empty: no such attribute
    std::string domain{};   ///< likewise
    bool http_only = true;
    bool secure = false;
    engineio::same_site same_site = engineio::same_site::lax;
    std::optional<std::chrono::seconds> max_age{}; ///< nullopt: for as long as the browser runs
};

/// Whether answers to polls are compressed for clients that accept gzip or deflate.
struct http_compression_config {
    bool enabled = true;
    std::size_t threshold = 1024; ///< bytes; shorter bodies go out as they are
};

/// The settings of one Engine.IO endpoint (protocol v4: "Handshake", "Heartbeat", "Upgrade", "HTTP long-polling"), with
/// the reference server's defaults. Read-only once sessions exist.
/// Durations must be positive; a size or count of 0 switches that limit off.
struct engine_config {
    std::chrono::milliseconds ping_interval{25'000};   ///< from the open and from each pong to the next ping
    std::chrono::milliseconds ping_timeout{20'000};    ///< from a ping to the end of a peer that stays silent
    std::chrono::milliseconds upgrade_timeout{10'000}; ///< for a WebSocket to take over from polling
    std::uint64_t max_payload = 1'000'000;             ///< bytes of a POST body or a WebSocket message
    /// What may wait for one slow reader, in bytes and packets. Above either it is closed: a message that is left out
    /// would break the order that Socket.IO promises, and halve messages that have attachments. Its client comes back.
    std::uint64_t max_outbox_bytes = 1'048'576;
    std::uint32_t max_outbox_packets = 4096;
    transport_set transports{};
    /// Compresses WebSocket messages for clients that offer it (RFC 7692). Absent, as in the reference: no offer is
    /// accepted. max_payload counts a message compressed and decompressed alike.
    std::optional<websocket::deflate_config> per_message_deflate{};
    bool allow_upgrades = true; ///< from polling to WebSocket; false: not announced, and refused when tried
    bool allow_eio3 = false;    ///< serve Engine.IO v3 (Socket.IO 2.x clients) too
    /// A prefix of the raw request target. The slash at its end is what refuses `/socket.io?…`; without it that is
    /// served too (what the reference calls addTrailingSlash: false).
    std::string path = "/socket.io/";
    cors_config cors{};
    std::optional<cookie_config> cookie{}; ///< nullopt: none
    http_compression_config http_compression{};
};

} // namespace ringback::engineio
