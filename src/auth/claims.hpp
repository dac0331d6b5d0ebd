#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ringback::auth {

/// What a token lets its bearer be: `USER`, `TELECALLER` or `ADMIN` on the wire.
enum class account_role { user, telecaller, admin };

[[nodiscard]] std::optional<account_role> parse_role(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(account_role role) noexcept;

/// The claims of a token (contract, section 2): who its bearer is, and since and until when.
struct claims {
    account_id account;
    account_role role = account_role::user;
    std::optional<std::string> name{}, profile{}, language{}, about{};
    std::optional<wall_time> issued_at{};  ///< `iat`
    std::optional<wall_time> not_before{}; ///< `nbf`
    std::optional<wall_time> expires_at{}; ///< `exp`, without the leeway
};

/// The JSON payload of a token with these claims, times in whole seconds; `iss` and `aud` unless they are empty.
[[nodiscard]] std::string write_claims(claims const& c, std::string_view issuer, std::string_view audience);

} // namespace ringback::auth
