#include "app/settings_load.hpp"

#include "app/secret_files.hpp"
#include "app/settings_rules.hpp"
#include "app/settings_table.hpp"
#include "app/settings_toml.hpp"

#include <algorithm>

namespace ringback::app {
namespace {

std::string dotted(std::string_view section, std::string_view name) {
    return section.empty() ? std::string{name} : std::string{section}.append(".").append(name);
}

/// The settings while the sources are applied to them in turn.
class settings_builder {
public:
    /// `origin` says in an error where the value stands.
    void take(std::string_view section, std::string_view name, raw_value const& raw, std::string_view origin) {
        if (auto const* key = find_setting(section, name)) return take(*key, raw, origin);
        auto siblings = section.empty() ? std::string{} : setting_names(section);
        if (siblings.empty())
            refuse(dotted(section, name), origin, "no such setting; the sections are " + setting_names(""));
        else if (!name.empty())
            refuse(dotted(section, name), origin, "no such setting; [" + std::string{section} + "] has " + siblings);
    }

    void refuse(std::string_view what, std::string_view origin, std::string_view why) {
        errors.push_back(std::string{what}.append(" (").append(origin).append("): ").append(why));
    }

    settings result;
    setting_errors errors;

private:
    void take(setting_key const& key, raw_value const& raw, std::string_view origin) {
        auto given = dotted(key.section, key.name) + " = " + key.shown(raw);
        if (!key.read(result, raw)) return refuse(given, origin, "allowed is " + key.allowed());
    }
};

void take_file(settings_builder& builder, std::filesystem::path const& file) {
    auto entries = read_toml_file(file);
    if (!entries) return builder.errors.push_back(entries.error());
    for (auto const& e : *entries)
        builder.take(e.section, e.name, e.value, file.string() + " line " + std::to_string(e.line));
}

void take_environment(settings_builder& builder, setting_sources const& sources) {
    constexpr std::string_view prefix = "RINGBACK_";
    for (auto const& [variable, value] : sources.environment) {
        auto mark = variable.find("__");
        if (!variable.starts_with(prefix) || mark == variable.npos) continue;
        std::string name = variable;
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        builder.take(name.substr(prefix.size(), mark - std::min(mark, prefix.size())), name.substr(mark + 2),
                     {raw_value::bare_text{value}}, variable);
    }
}

void take_assignments(settings_builder& builder, setting_sources const& sources) {
    for (auto const& text : sources.assignments) {
        auto equals = text.find('=');
        auto dot = text.find('.');
        if (equals == text.npos || dot > equals) {
            // What stands behind a mistyped name may be a secret.
            builder.errors.emplace_back("--set: allowed is section.key=value");
            continue;
        }
        builder.take(text.substr(0, dot), text.substr(dot + 1, equals - dot - 1),
                     {raw_value::bare_text{text.substr(equals + 1)}}, "--set");
    }
    if (!sources.listen.empty()) builder.take("server", "listen", {sources.listen}, "--listen");
}

} // namespace

std::expected<settings, setting_errors> load_settings(setting_sources const& sources) {
    settings_builder builder;
    builder.result.data_directory = sources.data_directory;
    if (sources.file) take_file(builder, *sources.file);
    take_environment(builder, sources);
    take_assignments(builder, sources);
    read_secret_files(builder.result, builder.errors);
    // The rules between settings would only repeat what is wrong with a single one.
    if (builder.errors.empty()) check_together(builder.result, builder.errors);
    if (!builder.errors.empty()) return std::unexpected{std::move(builder.errors)};
    return std::move(builder.result);
}

} // namespace ringback::app
