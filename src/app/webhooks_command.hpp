#pragma once

#include "app/settings.hpp"
#include "base/clock.hpp"

#include <cstddef>
#include <iosfwd>
#include <string>

namespace ringback::app {

/// Prints the dead letters of the store of these settings, newest first, each as a line of JSON like in REST. Beside a
/// running server too. Throws std::runtime_error when the store cannot be used.
void list_dead_webhooks(settings const& s, clock_source const& clock, std::ostream& out);

/// Makes this dead letter due again, or each (empty id); returns how many. A running server sends them within seconds,
/// else the next one does. Throws std::runtime_error when the store cannot be used.
[[nodiscard]] std::size_t replay_webhooks(settings const& s, std::string const& id, clock_source const& clock);

} // namespace ringback::app
