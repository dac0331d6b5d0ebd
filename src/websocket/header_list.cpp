#include "websocket/header_list.hpp"

#include <algorithm>

namespace ringback::websocket {
namespace {

bool is_token_char(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

// Cuts `text` at the first `separator` outside of quotes and drops the separator.
std::string_view take_until(std::string_view& text, char separator) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != separator); ++end) {
        if (text[end] == '"') quoted = !quoted;
        if (quoted && text[end] == '\\') ++end;
    }
    auto taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return trim(taken);
}

std::optional<std::string_view> unquoted(std::string_view value) noexcept {
    if (!value.starts_with('"')) return is_token(value) ? std::optional{value} : std::nullopt;
    if (value.size() < 2 || !value.ends_with('"')) return std::nullopt;
    value = value.substr(1, value.size() - 2);
    if (value.find_first_of("\\\"") != std::string_view::npos) return std::nullopt;
    return value;
}

} // namespace

bool is_token(std::string_view text) noexcept { return !text.empty() && std::ranges::all_of(text, is_token_char); }

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view white = " \t";
    auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::string_view take_list_element(std::string_view& list) noexcept { return take_until(list, ','); }

header_parameters::header_parameters(std::string_view element) noexcept : rest_{element} {
    name_ = take_until(rest_, ';');
    if (element.ends_with(';')) well_formed_ = false;
}

std::optional<header_parameter> header_parameters::next() noexcept {
    if (rest_.empty() || !well_formed_) return std::nullopt;
    auto text = take_until(rest_, ';');
    auto equals = std::min(text.find('='), text.size());
    header_parameter parameter{trim(text.substr(0, equals)), std::nullopt};
    well_formed_ = is_token(parameter.name);
    if (well_formed_ && equals < text.size()) {
        parameter.value = unquoted(trim(text.substr(equals + 1)));
        well_formed_ = parameter.value.has_value();
    }
    if (!well_formed_) return std::nullopt;
    return parameter;
}

} // namespace ringback::websocket
