#pragma once

#include "engineio/handshake.hpp"
#include "net/client_address.hpp"
#include "net/handshake_limiter.hpp"
#include "net/tls_context.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringback::net {

struct endpoint {
    std::string host;       ///< an IPv4 or IPv6 address, without brackets
    std::uint16_t port = 0; ///< 0: any free one

    friend bool operator==(endpoint const&, endpoint const&) = default;
};

struct server_config {
    std::vector<endpoint> listen{{"127.0.0.1", 8000}, {"::1", 8000}};
    std::optional<tls_config> tls{}; ///< absent: every endpoint is plain
    std::uint32_t shards = 1;        ///< threads; each has its own listener on every endpoint
    engineio::engine_config engine{};
    handshake_limits handshakes{};             ///< above them new clients get 503
    std::vector<ip_network> trusted_proxies{}; ///< whose `X-Forwarded-For` is believed: client_address()

    std::chrono::seconds http_idle_timeout{60}; ///< a kept-alive connection without a request is closed
    std::chrono::seconds http_read_timeout{30}; ///< from a request's first byte to its last
    std::uint32_t max_header_bytes = 16 * 1024; ///< of one HTTP request; above it the answer is 431
    std::uint64_t max_body_bytes = 1024 * 1024; ///< of a request that is not Engine.IO's; above it the answer is 413
    std::chrono::seconds linger{5};             ///< how long a closed WebSocket waits for its client's end
    /// Connections whose sent bytes stay unacknowledged for so long are reset (TCP_USER_TIMEOUT): the client has gone
    /// without a word. 0: the kernel's own patience, about 15 minutes.
    std::chrono::milliseconds unacknowledged_timeout{30'000};
    int backlog = 4096; ///< of the listeners: reconnect storms arrive in one wave
};

} // namespace ringback::net
