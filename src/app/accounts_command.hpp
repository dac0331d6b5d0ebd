#pragma once

#include "app/settings.hpp"
#include "app/settings_load.hpp"
#include "base/clock.hpp"

#include <expected>
#include <iosfwd>
#include <optional>
#include <string>

namespace ringback::app {

/// What `ringback accounts` was asked for, as written.
struct accounts_request {
    enum class action { put, get, list, import };
    action what = action::list;
    std::string id{};                                                                        ///< put, get
    std::optional<std::string> role{};                                                       ///< put; list: only these
    std::optional<std::string> name{}, profile{}, language{}, about{}, status{}, approval{}; ///< put
    std::string file{}; ///< import: one JSON object per line
};

/// Works on the store of these settings, like an ADMIN through REST: what is written is pinned. Prints each account
/// that it wrote or found as a line of JSON, for import the number of them. False: there is no such account. The error
/// has one line for each part that is not allowed; then nothing was written. Throws std::runtime_error when a file or
/// the store cannot be used.
///
/// put and import are refused while a server uses the data directory: it would not hear of the change, could suspend
/// nobody and would go on with what it remembers. Through its REST interface it hears.
[[nodiscard]] std::expected<bool, setting_errors> run_accounts(accounts_request const& request, settings const& s,
                                                               clock_source const& clock, std::ostream& out);

} // namespace ringback::app
