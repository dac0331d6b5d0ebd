#pragma once

#include "net/http_message.hpp"
#include "net/http_routes.hpp"

#include <filesystem>
#include <string>

namespace ringback::net {

/// Serves one file as `path`, read now and kept in memory, so that requests cost no disk and a change on it is not
/// seen. The type follows from the extension. Browsers ask each time whether it changed and get 304 while it has not
/// (RFC 9110 section 13.1.2). `headers` are sent beside those. Before the server starts; throws std::system_error,
/// naming the file, when it cannot be read.
void add_static_file(http_routes& routes, std::string path, std::filesystem::path const& file,
                     http_headers const& headers = {});

/// Likewise every file below `folder`, by its path in there; `index.html` as `/` too. Throws also when there is no such
/// folder.
void add_static_files(http_routes& routes, std::filesystem::path const& folder, http_headers const& headers = {});

} // namespace ringback::net
