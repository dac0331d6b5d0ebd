#pragma once

#include "redis/config.hpp"
#include "redis/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ringback::redis {

/// Asks a Sentinel for the address of a master.
[[nodiscard]] std::string question_for_master(std::string_view name);
/// What it answers; none: it does not know that master.
[[nodiscard]] std::optional<endpoint> master_in(value const& answer);
/// The new address in a message of the channel `+switch-master`; none: it is about another master.
[[nodiscard]] std::optional<endpoint> master_in_change(std::string_view message, std::string_view name);

} // namespace ringback::redis
