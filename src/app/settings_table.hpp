#pragma once

#include "app/setting_kind.hpp"

#include <span>
#include <string>
#include <string_view>

namespace ringback::app {

struct setting_key {
    std::string_view section, name;
    setting_kind kind;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
    /// A refused value for an error message: `***` where it may be a secret.
    [[nodiscard]] std::string shown(raw_value const& raw) const;
};

/// Every setting there is, section by section.
[[nodiscard]] std::span<setting_key const> setting_keys();
/// nullptr when there is none of this name.
[[nodiscard]] setting_key const* find_setting(std::string_view section, std::string_view name);
/// For messages: the names of a section, or of all sections when `section` is empty; empty when there is no such one.
[[nodiscard]] std::string setting_names(std::string_view section);

/// The settings as a TOML document that sets every key, secrets as `***`.
[[nodiscard]] std::string effective_toml(settings const& s);

} // namespace ringback::app
