#pragma once

#include "app/settings.hpp"

#include <filesystem>

namespace ringback::app {

/// Copies the database of these settings into a new file, while a server may be running. Throws std::runtime_error with
/// a message for the operator; of PostgreSQL, whose own tools do this, always.
void back_up(settings const& s, std::filesystem::path const& file);

} // namespace ringback::app
