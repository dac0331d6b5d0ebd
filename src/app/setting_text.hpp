#pragma once

#include "app/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::app {

/// The forms that text settings must have. Each is a check for one item.

/// `HOST:PORT`, HOST an IPv4 address, an IPv6 address in brackets, or `localhost`, which stands for both loopback
/// addresses; empty for anything else.
[[nodiscard]] std::vector<listen_address> parse_listen(std::string_view text);
[[nodiscard]] std::string listen_text(listen_address const& a);

/// `*`, or what a browser writes into `Origin`: scheme, host in lower case, port unless it is the scheme's own.
[[nodiscard]] bool is_cors_origin(std::string_view text);
/// An address, or a network as `10.0.0.0/8`.
[[nodiscard]] bool is_network(std::string_view text);
[[nodiscard]] bool is_http_url(std::string_view text);
[[nodiscard]] bool is_livekit_url(std::string_view text);
[[nodiscard]] bool is_redis_url(std::string_view text);
[[nodiscard]] bool is_turn_url(std::string_view text);
[[nodiscard]] bool is_stun_url(std::string_view text);
[[nodiscard]] bool is_store_url(std::string_view text);

/// A URL with all but its scheme hidden, since user and password may be anywhere in it; a `sqlite:` URL as it is.
[[nodiscard]] std::string without_credentials(std::string_view url);

} // namespace ringback::app
