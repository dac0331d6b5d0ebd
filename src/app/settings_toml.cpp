#include "app/settings_toml.hpp"

#include "base/json_text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ringback::app {
namespace {

std::optional<raw_value::list> strings_of(toml::array const& array) {
    raw_value::list items;
    for (auto const& node : array) {
        auto const* text = node.as_string();
        if (!text) return std::nullopt;
        items.push_back(text->get());
    }
    return items;
}

raw_value value_of(toml::node const& node) {
    if (auto const* text = node.as_string()) return {text->get()};
    if (auto const* number = node.as_integer()) return {number->get()};
    if (auto const* flag = node.as_boolean()) return {flag->get()};
    if (auto const* array = node.as_array())
        if (auto items = strings_of(*array)) return {*std::move(items)};
    return {raw_value::other{}};
}

/// toml++ describes an error with pieces of the text behind a quote or `saw`.
std::string without_quotes(std::string_view description) {
    auto end = std::min(description.find('\''), description.find(", saw"));
    auto text = description.substr(0, end);
    return std::string{text.substr(0, text.find_last_not_of(" :,") + 1)};
}

std::vector<toml_entry> entries_of(toml::table const& document) {
    std::vector<toml_entry> entries;
    for (auto const& [key, node] : document) {
        std::string name{key.str()};
        auto const* table = node.as_table();
        if (!table) {
            entries.push_back({"", name, value_of(node), key.source().begin.line});
            continue;
        }
        if (table->empty()) entries.push_back({name, "", {}, key.source().begin.line});
        for (auto const& [inner, value] : *table)
            entries.push_back({name, std::string{inner.str()}, value_of(value), inner.source().begin.line});
    }
    // toml++ sorts by name; errors read better in the order of the file.
    std::ranges::stable_sort(entries, {}, &toml_entry::line);
    return entries;
}

} // namespace

std::expected<std::vector<toml_entry>, std::string> read_toml_file(std::filesystem::path const& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (std::filesystem::is_directory(file) || !in || !(text << in.rdbuf()))
        return std::unexpected{"cannot read the configuration file " + file.string()};
    try {
        return entries_of(toml::parse(text.str()));
    } catch (toml::parse_error const& e) {
        auto at = e.source().begin;
        return std::unexpected{file.string() + " line " + std::to_string(at.line) + ", column " +
                               std::to_string(at.column) + ": " + without_quotes(e.description())};
    }
}

std::optional<std::vector<std::string>> parse_toml_array(std::string_view text) {
    if (!text.starts_with('[') || !text.ends_with(']') || text.find('\n') != text.npos) return std::nullopt;
    try {
        auto document = toml::parse("items = " + std::string{text});
        auto const* array = document["items"].as_array();
        return array ? strings_of(*array) : std::nullopt;
    } catch (toml::parse_error const&) {
        return std::nullopt; // not an array: an answer, no failure
    }
}

std::string toml_array(std::span<std::string const> items) {
    std::string out = "[";
    for (auto const& item : items) {
        if (out.size() > 1) out += ", ";
        append_json_string(out, item);
    }
    return out += ']';
}

} // namespace ringback::app
