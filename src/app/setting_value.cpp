#include "app/setting_value.hpp"

#include "app/settings_toml.hpp"
#include "base/json_text.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace ringback::app {
namespace {

template <class... F>
struct overloaded : F... {
    using F::operator()...;
};

struct unit {
    std::string_view name;
    std::uint64_t factor;
};

// From small to large: the texts of a value take the last unit that divides it.
constexpr std::array duration_units{unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000}, unit{"h", 3'600'000}};
constexpr std::array size_units{unit{"B", 1},
                                unit{"KB", 1000},
                                unit{"KiB", 1024},
                                unit{"MB", 1'000'000},
                                unit{"MiB", 1024 * 1024},
                                unit{"GB", 1'000'000'000},
                                unit{"GiB", 1024 * 1024 * 1024}};

std::optional<std::uint64_t> parse_number(std::string_view digits) {
    std::uint64_t n = 0;
    auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return n;
}

/// `12KiB` → 12 × 1024. A number without a unit only when `plain` is its factor; 0 needs none.
std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<unit const> units, std::uint64_t plain) {
    auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    auto number = parse_number(text.substr(0, digits));
    if (!number) return std::nullopt;
    auto name = text.substr(digits);
    std::uint64_t factor = name.empty() && (*number == 0 || plain) ? std::max<std::uint64_t>(plain, 1) : 0;
    for (auto const& u : units)
        if (u.name == name) factor = u.factor;
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (factor == 0 || *number > most / factor) return std::nullopt;
    return *number * factor;
}

std::string quantity_text(std::uint64_t n, std::span<unit const> units) {
    if (n == 0) return "0";
    unit const* best = &units.front();
    for (auto const& u : units)
        if (n % u.factor == 0) best = &u;
    return std::to_string(n / best->factor).append(best->name);
}

/// The text of a quantity: a string, or the integer of TOML.
std::optional<std::string> quantity_of(raw_value const& raw) {
    if (auto const* n = std::get_if<std::int64_t>(&raw.value)) return std::to_string(*n);
    return as_text(raw);
}

std::string_view trimmed(std::string_view text) {
    auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

raw_value::list split_at_commas(std::string_view text) {
    raw_value::list items;
    if (trimmed(text).empty()) return items;
    for (std::size_t begin = 0, end = 0; end != text.npos; begin = end + 1) {
        end = text.find(',', begin);
        items.emplace_back(trimmed(text.substr(begin, end == text.npos ? end : end - begin)));
    }
    return items;
}

} // namespace

std::string raw_value::shown() const {
    std::string text = std::visit(overloaded{
                                      [](other) -> std::string { return "a value of another type"; },
                                      [](bare_text const& b) { return json_string(b.text); },
                                      [](bool b) -> std::string { return b ? "true" : "false"; },
                                      [](std::int64_t n) { return std::to_string(n); },
                                      [](std::string const& s) { return json_string(s); },
                                      [](list const& items) { return toml_array(items); },
                                  },
                                  value);
    std::size_t longest = 100;
    if (text.size() <= longest) return text;
    while (static_cast<unsigned char>(text[longest]) >> 6 == 2)
        --longest; // not within a UTF-8 sequence
    return text.substr(0, longest) + "…";
}

std::optional<bool> as_bool(raw_value const& raw) {
    if (auto const* b = std::get_if<bool>(&raw.value)) return *b;
    auto const* bare = std::get_if<raw_value::bare_text>(&raw.value);
    if (bare && bare->text == "true") return true;
    if (bare && bare->text == "false") return false;
    return std::nullopt;
}

std::optional<std::uint64_t> as_count(raw_value const& raw) {
    if (auto const* n = std::get_if<std::int64_t>(&raw.value); n && *n >= 0) return static_cast<std::uint64_t>(*n);
    if (auto const* bare = std::get_if<raw_value::bare_text>(&raw.value)) return parse_number(bare->text);
    return std::nullopt;
}

std::optional<duration> parse_duration(std::string_view text) {
    auto n = parse_quantity(text, duration_units, 0);
    if (!n) return std::nullopt;
    return duration{static_cast<duration::rep>(*n)};
}

std::optional<duration> as_duration(raw_value const& raw) {
    auto text = quantity_of(raw);
    return text ? parse_duration(*text) : std::nullopt;
}

std::optional<std::uint64_t> as_size(raw_value const& raw) {
    auto text = quantity_of(raw);
    return text ? parse_quantity(*text, size_units, 1) : std::nullopt;
}

std::optional<std::string> as_text(raw_value const& raw) {
    if (auto const* bare = std::get_if<raw_value::bare_text>(&raw.value)) return bare->text;
    if (auto const* text = std::get_if<std::string>(&raw.value)) return *text;
    return std::nullopt;
}

std::optional<raw_value::list> as_list(raw_value const& raw) {
    if (auto const* items = std::get_if<raw_value::list>(&raw.value)) return *items;
    if (auto const* text = std::get_if<std::string>(&raw.value)) return raw_value::list{*text};
    auto const* bare = std::get_if<raw_value::bare_text>(&raw.value);
    if (!bare) return std::nullopt;
    // `[::1]:8000` begins like an array and is none.
    if (auto items = parse_toml_array(bare->text)) return items;
    return split_at_commas(bare->text);
}

std::string duration_text(duration d) { return quantity_text(static_cast<std::uint64_t>(d.count()), duration_units); }
std::string size_text(std::uint64_t bytes) { return quantity_text(bytes, size_units); }

} // namespace ringback::app
