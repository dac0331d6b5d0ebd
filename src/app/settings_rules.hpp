#pragma once

#include "app/settings.hpp"
#include "app/settings_load.hpp"

namespace ringback::app {

/// The rules between settings, each of which is allowed alone.
void check_together(settings const& s, setting_errors& errors);

/// What `serve` needs beyond a valid configuration: keys to verify tokens with, unless the demo makes up its own.
void check_can_serve(settings const& s, setting_errors& errors);

} // namespace ringback::app
