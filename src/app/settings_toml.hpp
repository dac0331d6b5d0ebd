#pragma once

#include "app/setting_value.hpp"

#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::app {

/// One `key = value` of a file. A key outside of every table has an empty `section`, an empty table an empty `name`.
struct toml_entry {
    std::string section, name;
    raw_value value;
    std::uint32_t line = 0; ///< from 1
};

/// All entries of a file, in the order of their lines. The error is a sentence that names the file and the place; it
/// quotes nothing, because what does not parse may be a secret.
[[nodiscard]] std::expected<std::vector<toml_entry>, std::string> read_toml_file(std::filesystem::path const& file);

/// `["a", "b"]`; nullopt for anything but an array of strings.
[[nodiscard]] std::optional<std::vector<std::string>> parse_toml_array(std::string_view text);

[[nodiscard]] std::string toml_array(std::span<std::string const> items);

} // namespace ringback::app
