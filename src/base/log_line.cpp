#include "base/log_line.hpp"

#include "base/json_text.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace ringback {

namespace {

constexpr std::string_view first = "event=";

bool looks_like_number(std::string_view text) {
    double ignored = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
    return error != std::errc::invalid_argument && end == text.data() + text.size();
}

/// Needs no quotes: nothing in it ends a value, and nobody takes it for a number.
bool is_word(std::string_view text) {
    auto plain = [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '=' && c != '\\'; };
    return !text.empty() && std::ranges::all_of(text, plain) && !looks_like_number(text);
}

/// Where the value at the start of `text` ends.
std::size_t value_end(std::string_view text) {
    if (!text.starts_with('"')) return std::min(text.find(' '), text.size());
    std::size_t at = 1;
    while (at < text.size() && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

} // namespace

log_line::log_line(std::string_view event) { line_.append(first).append(event); }

std::string& log_line::field(std::string_view name) { return line_.append(1, ' ').append(name).append(1, '='); }

log_line& log_line::text(std::string_view name, std::string_view value) {
    field(name).append(is_word(value) ? std::string{value} : json_string(value));
    return *this;
}

log_line& log_line::number(std::string_view name, std::int64_t value) {
    fmt::format_to(std::back_inserter(field(name)), "{}", value);
    return *this;
}

log_line& log_line::milliseconds(std::string_view name, double value) {
    fmt::format_to(std::back_inserter(field(name)), "{:.2f}", value);
    return *this;
}

void log_line::write(spdlog::level::level_enum level) const {
    spdlog::log(level, spdlog::string_view_t{line_.data(), line_.size()});
}

std::string log_members(std::string_view message) {
    if (!message.starts_with(first)) return "\"message\":" + json_string(message);
    std::string members;
    while (!message.empty()) {
        auto equals = std::min(message.find('='), message.size() - 1);
        std::string_view name = message.substr(0, equals), rest = message.substr(equals + 1);
        std::string_view value = rest.substr(0, value_end(rest));
        if (!members.empty()) members += ',';
        members.append(json_string(name)).append(1, ':');
        bool is_ready = value.starts_with('"') || looks_like_number(value);
        members += is_ready ? std::string{value} : json_string(value);
        rest.remove_prefix(value.size());
        message = rest.starts_with(' ') ? rest.substr(1) : rest;
    }
    return members;
}

} // namespace ringback
