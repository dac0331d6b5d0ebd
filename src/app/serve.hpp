#pragma once

#include "app/settings.hpp"

namespace ringback::app {

/// Runs a server until SIGTERM or SIGINT and returns the exit code of the process. The settings are complete: the data
/// directory exists, there is a secret or a key to verify tokens with, and logging has been started. Throws when the
/// surroundings fail (a port that is taken, a database that cannot be opened); the caller prints that.
[[nodiscard]] int serve(settings const& s);

} // namespace ringback::app
