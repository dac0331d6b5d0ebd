#pragma once

#include "app/settings.hpp"
#include "app/settings_load.hpp"
#include "base/clock.hpp"

#include <expected>
#include <optional>
#include <string>

namespace ringback::app {

/// What `ringback token` was asked for, as written.
struct token_request {
    std::string id;
    std::string role{"USER"};
    std::string ttl{"1h"};
    std::optional<std::string> name{}, profile{}, language{}, about{};
};

/// A token that a server with these settings accepts: signed with its secret, else with the one that its demo keeps in
/// the data directory, with its issuer and audience. The error has one line for each part that is not allowed.
[[nodiscard]] std::expected<std::string, setting_errors> make_token(token_request const& request, settings const& s,
                                                                    wall_time now);

} // namespace ringback::app
