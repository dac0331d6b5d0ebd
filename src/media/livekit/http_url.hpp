#pragma once

#include "media/livekit/errc.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace ringback::media {

enum class http_security { plain, tls };

/// Where an HTTP service lives.
struct http_url {
    http_security security = http_security::plain;
    std::string host;      ///< a name or an address, the latter without brackets
    std::string port;      ///< decimal
    std::string authority; ///< for the `Host` field: with brackets, and with a port that is not the scheme's
    std::string path;      ///< begins with a slash, or is empty; ends with none

    friend bool operator==(http_url const&, http_url const&) = default;
};

/// Reads http, https and the ws, wss under which the same server takes WebSockets. bad_url for all others, and for one
/// with a user, a query or a fragment.
[[nodiscard]] std::expected<http_url, errc> parse_http_url(std::string_view text);

} // namespace ringback::media
