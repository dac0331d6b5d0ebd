#pragma once

#include "store/postgres/postgres_config.hpp"

#include <string>

namespace ringback::store {

/// The URL of the settings with what it leaves open: that a silent server is noticed, and who we are. What it says is
/// kept. Throws std::runtime_error when libpq does not understand the URL; the message does not repeat it, for it may
/// hold a password.
[[nodiscard]] std::string complete_url(postgres_config const& config);

} // namespace ringback::store
