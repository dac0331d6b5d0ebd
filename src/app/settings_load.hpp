#pragma once

#include "app/settings.hpp"

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringback::app {

/// Where settings come from. Later sources win over earlier ones, key by key: file, environment, `--set`, `--listen`.
struct setting_sources {
    std::optional<std::filesystem::path> file{};
    /// The whole environment, name and value. `RINGBACK_SECTION__KEY` is a setting; what else begins with RINGBACK_ is
    /// not, because orchestrators make up such names for a service of this name (RINGBACK_SERVICE_HOST).
    std::vector<std::pair<std::string, std::string>> environment{};
    std::vector<std::string> assignments{}; ///< `section.key=value`
    std::vector<std::string> listen{};      ///< `HOST:PORT`
    std::filesystem::path data_directory{"ringback-data"};
};

/// One line for each thing that is wrong; no line ever holds a secret.
using setting_errors = std::vector<std::string>;

/// Reads the file and the `*_file` secrets. All errors are collected before it gives up.
[[nodiscard]] std::expected<settings, setting_errors> load_settings(setting_sources const& sources);

} // namespace ringback::app
