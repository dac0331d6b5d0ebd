#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringback::auth {

/// Where a connection may have brought a token: views of the handshake request and of the CONNECT packet, empty where
/// it had no such thing.
struct token_places {
    std::string_view auth_token{};            ///< Socket.IO's `auth.token`, when it is a string
    std::string_view authorization{};         ///< the header
    std::string_view cookie{};                ///< the header
    std::optional<std::string_view> origin{}; ///< the header
    std::string_view host{};                  ///< the header
};

/// The one token that counts (contract, section 2): `auth.token`, else `Authorization: Bearer`, else the cookie
/// `authenticationToken`. A browser attaches a cookie to requests that any page makes, so it counts only without an
/// `Origin`, from the page's own host, or from an origin that `cors_origins` names literally; `*` and `null` name
/// nobody. nullopt: no token. The view is one into `places`.
[[nodiscard]] std::optional<std::string_view> find_token(token_places const& places,
                                                         std::span<std::string const> cors_origins);

} // namespace ringback::auth
