#pragma once

#include "engineio/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::engineio {

/// The headers of a request that CORS looks at; nullopt where the request has none. Some are echoed, so the values must
/// come from an HTTP parser that refuses line breaks in them.
struct cors_request {
    enum class kind : std::uint8_t {
        preflight, ///< the method is OPTIONS
        actual,    ///< any other
    };

    kind what = kind::actual;
    std::optional<std::string_view> origin;
    std::optional<std::string_view> requested_headers; ///< Access-Control-Request-Headers
};

struct response_header {
    std::string_view name; ///< static storage
    std::string value;

    friend bool operator==(response_header const&, response_header const&) = default;
};

struct cors_decision {
    /// For every answer to this request, errors too.
    std::vector<response_header> headers;
    /// Set: the request is a preflight; answer it with this status, these headers and `Content-Length: 0` and look no
    /// further. Without CORS an OPTIONS request goes on to verification, which refuses it.
    std::optional<unsigned> preflight_status;

    friend bool operator==(cors_decision const&, cors_decision const&) = default;
};

/// Decides the CORS headers, before verification. An origin that is not allowed is not refused here: it gets no
/// Access-Control-* header and its browser keeps the answer from the page. A literally listed origin is echoed; "*"
/// answers `*`. `Vary: Origin` goes with every answer that depends on the origin.
[[nodiscard]] cors_decision decide_cors(cors_config const& config, cors_request const& request);

/// `origin` and `host` (the `Host` header) name the same place: host and port, the scheme's default port counting as
/// none. The scheme itself is not compared, because a proxy may have taken off TLS. `null` is nobody's origin.
[[nodiscard]] bool is_same_origin(std::string_view origin, std::string_view host) noexcept;

/// Literally, not through "*": the test for answers and cookies that need trust in the origin. Case does not count.
[[nodiscard]] bool is_listed_origin(cors_config const& config, std::string_view origin) noexcept;

/// CORS does not protect WebSockets: without this check any page could open one with its visitor's cookies. Allowed
/// are requests without `Origin` (no browser), from the own host, from a listed origin, and any where "*" is listed.
/// The others are refused with refusal_code::forbidden before the 101.
[[nodiscard]] bool origin_allowed_for_websocket(cors_config const& config, std::optional<std::string_view> origin,
                                                std::string_view host) noexcept;

} // namespace ringback::engineio
