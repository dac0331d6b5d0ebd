#include "app/setting_kind.hpp"

#include "app/setting_text.hpp"
#include "app/settings_toml.hpp"
#include "base/json_text.hpp"

#include <algorithm>

namespace ringback::app {
namespace {

/// A range or a 0 that is allowed beside it.
template <class T>
bool in_range(T value, T least, T most, zero none) {
    return (value >= least && value <= most) || (value == T{} && none == zero::allowed);
}

std::string range_text(std::string_view noun, std::string least, std::string most, zero none) {
    std::string text{noun};
    text.append(" from ").append(least).append(" to ").append(most);
    return none == zero::allowed ? text + ", or 0" : text;
}

/// Quotes what needs a unit; a plain 0 is a number.
std::string quantity_toml(std::string text) { return text == "0" ? text : json_string(text); }

std::string joined(std::span<std::string_view const> words, std::string_view before_last) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? before_last : ", ";
        append_json_string(text, words[i]);
    }
    return text;
}

} // namespace

bool duration_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_duration(raw);
    if (!value || !in_range(*value, least, most, none)) return false;
    where.in(s) = *value;
    return true;
}
std::string duration_kind::allowed() const {
    return range_text("a duration", json_string(duration_text(least)), json_string(duration_text(most)), none);
}
std::string duration_kind::toml(settings const& s) const { return quantity_toml(duration_text(where.of(s))); }

bool size_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_size(raw);
    if (!value || !in_range(*value, least, most, none)) return false;
    where.in(s) = *value;
    return true;
}
std::string size_kind::allowed() const {
    return range_text("a size", json_string(size_text(least)), json_string(size_text(most)), none);
}
std::string size_kind::toml(settings const& s) const { return quantity_toml(size_text(where.of(s))); }

bool count_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_count(raw);
    if (!value || *value < least || *value > most) return false;
    where.in(s) = static_cast<std::uint32_t>(*value);
    return true;
}
std::string count_kind::allowed() const {
    return range_text("a whole number", std::to_string(least), std::to_string(most), zero::refused);
}
std::string count_kind::toml(settings const& s) const { return std::to_string(where.of(s)); }

bool flag_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_bool(raw);
    if (!value) return false;
    where.in(s) = *value;
    return true;
}
std::string flag_kind::allowed() const { return "true or false"; }
std::string flag_kind::toml(settings const& s) const { return where.of(s) ? "true" : "false"; }

bool text_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_text(raw);
    // An empty text is how an optional setting is left out again; one with a default cannot be.
    bool may_be_empty = where.of(settings{}).empty();
    if (!value || (value->empty() ? !may_be_empty : fits && !fits(*value))) return false;
    where.in(s) = *std::move(value);
    return true;
}
std::string text_kind::allowed() const { return std::string{form}; }
std::string text_kind::toml(settings const& s) const {
    auto const& value = where.of(s);
    return json_string(look == shown_as::text ? value : without_credentials(value));
}

bool list_kind::read(settings& s, raw_value const& raw) const {
    auto items = as_list(raw);
    auto good = [&](std::string const& item) { return !item.empty() && (!fits || fits(item)); };
    if (!items || !std::ranges::all_of(*items, good)) return false;
    where.in(s) = *std::move(items);
    return true;
}
std::string list_kind::allowed() const { return "a list of " + std::string{form}; }
std::string list_kind::toml(settings const& s) const { return toml_array(where.of(s)); }

bool words_kind::read(settings& s, raw_value const& raw) const {
    auto items = as_list(raw);
    if (!items || items->empty()) return false;
    for (auto const& item : *items)
        if (std::ranges::find(words, item) == words.end() || std::ranges::count(*items, item) > 1) return false;
    where.in(s) = *std::move(items);
    return true;
}
std::string words_kind::allowed() const { return "a list of one or more of " + joined(words, " and "); }
std::string words_kind::toml(settings const& s) const { return toml_array(where.of(s)); }

bool choice_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_text(raw);
    auto word = value ? std::ranges::find(words, *value) : words.end();
    if (word == words.end()) return false;
    set(s, static_cast<std::size_t>(word - words.begin()));
    return true;
}
std::string choice_kind::allowed() const { return joined(words, " or "); }
std::string choice_kind::toml(settings const& s) const { return json_string(words[get(s)]); }

bool listen_kind::read(settings& s, raw_value const& raw) const {
    auto items = as_list(raw);
    if (!items || items->empty()) return false;
    std::vector<listen_address> addresses;
    for (auto const& item : *items) {
        auto parsed = parse_listen(item);
        if (parsed.empty()) return false;
        addresses.insert(addresses.end(), parsed.begin(), parsed.end());
    }
    where.in(s) = std::move(addresses);
    return true;
}
std::string listen_kind::allowed() const {
    return R"(ADDRESS:PORT or a list of them, such as "127.0.0.1:8000", "[::1]:8000" or "localhost:8000")";
}
std::string listen_kind::toml(settings const& s) const {
    std::vector<std::string> items;
    for (auto const& a : where.of(s))
        items.push_back(listen_text(a));
    return toml_array(items);
}

bool secret_kind::read(settings& s, raw_value const& raw) const {
    auto value = as_text(raw);
    if (!value || (!value->empty() && value->size() < least)) return false;
    where.in(s) = secret{*std::move(value)};
    return true;
}
std::string secret_kind::allowed() const {
    return least == 0 ? "a string" : "a string of at least " + std::to_string(least) + " bytes";
}
std::string secret_kind::toml(settings const& s) const { return where.of(s).empty() ? R"("")" : R"("***")"; }

bool secrets_kind::read(settings& s, raw_value const& raw) const {
    // A bare text is one secret, whatever characters it has.
    auto const* bare = std::get_if<raw_value::bare_text>(&raw.value);
    auto items = bare && !bare->text.empty() ? raw_value::list{bare->text} : as_list(raw);
    if (!items || items->size() > 2 || std::ranges::any_of(*items, &std::string::empty)) return false;
    auto& secrets = where.in(s);
    secrets.clear();
    for (auto& item : *items)
        secrets.emplace_back(std::move(item));
    return true;
}
std::string secrets_kind::allowed() const {
    return "a string, or a list of up to two while a secret is being replaced";
}
std::string secrets_kind::toml(settings const& s) const {
    return toml_array(std::vector<std::string>(where.of(s).size(), "***"));
}

} // namespace ringback::app
