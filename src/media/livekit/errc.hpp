#pragma once

#include <string_view>

namespace ringback::media {

/// Why a configuration cannot be served.
enum class errc {
    bad_url,         ///< not ws, wss, http or https with a host, or with a user, a query or a fragment
    empty_api_key,   ///< LiveKit would know no issuer
    empty_api_secret ///< nothing to sign with
};

/// A few words for a log line; never a part of the configuration.
[[nodiscard]] std::string_view to_string(errc e) noexcept;

} // namespace ringback::media
