#pragma once

#include "app/settings.hpp"

namespace ringback::app {

/// base/log's start_logging with these settings; `auto` looks whether standard error is a terminal.
void start_logging(log_settings const& s);

} // namespace ringback::app
