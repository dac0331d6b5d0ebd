#pragma once

#include "net/http_routes.hpp"

#include <filesystem>
#include <optional>

namespace ringback::app {

/// The folder with the built demo page: `web` beside the program (a build tree) or `../share/ringback/web` (an
/// installation); nullopt when neither is there.
[[nodiscard]] std::optional<std::filesystem::path> find_web_folder();

/// Serves every file of `folder`, read once and kept in memory, with an ETag and a Content-Security-Policy;
/// `index.html` also as `/`. Throws std::system_error when a file cannot be read.
void add_web_page(net::http_routes& routes, std::filesystem::path const& folder);

} // namespace ringback::app
