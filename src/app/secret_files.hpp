#pragma once

#include "app/settings.hpp"
#include "app/settings_load.hpp"

namespace ringback::app {

/// Fills each secret that is given by its `*_file` key from that file, without the line end behind it. A secret and its
/// file at once, a file that cannot be read and one that holds too little are errors.
void read_secret_files(settings& s, setting_errors& errors);

} // namespace ringback::app
