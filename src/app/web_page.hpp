#pragma once

#include "net/http_routes.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace ringback::app {

/// The folder with the built demo page: `web` beside the program (a build tree) or `../share/ringback/web` (an
/// installation); nullopt when neither is there.
[[nodiscard]] std::optional<std::filesystem::path> find_web_folder();

/// Serves every file of `folder`, read once and kept in memory, with an ETag and a Content-Security-Policy;
/// `index.html` also as `/`. The policy lets the page connect to LiveKit at `livekit_url`; empty: to nobody. Throws
/// std::system_error when a file cannot be read.
void add_web_page(net::http_routes& routes, std::filesystem::path const& folder, std::string const& livekit_url);

} // namespace ringback::app
