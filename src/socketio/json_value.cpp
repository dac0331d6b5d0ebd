#include "socketio/json_value.hpp"

#include "socketio/json_scan.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>

namespace ringback::socketio {
namespace {

constexpr std::uint32_t replacement_character = 0xFFFD;

void append_utf8(std::string& out, std::uint32_t code_point) {
    auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (code_point < 0x80) {
        byte(code_point);
    } else if (code_point < 0x800) {
        byte(0xC0 | code_point >> 6);
        byte(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        byte(0xE0 | code_point >> 12);
        byte(0x80 | (code_point >> 6 & 0x3F));
        byte(0x80 | (code_point & 0x3F));
    } else {
        byte(0xF0 | code_point >> 18);
        byte(0x80 | (code_point >> 12 & 0x3F));
        byte(0x80 | (code_point >> 6 & 0x3F));
        byte(0x80 | (code_point & 0x3F));
    }
}

// The UTF-16 unit of the `\uXXXX` at `pos`; nullopt when there is none.
std::optional<std::uint32_t> unit_at(std::string_view text, std::size_t pos) noexcept {
    auto escape = text.substr(std::min(pos, text.size()), 6);
    if (escape.size() < 6 || !escape.starts_with("\\u")) return std::nullopt;
    std::uint32_t unit = 0;
    auto [end, error] = std::from_chars(escape.data() + 2, escape.data() + 6, unit, 16);
    if (error != std::errc{} || end != escape.data() + 6) return std::nullopt;
    return unit;
}

// Decodes the escape at `pos` and answers its length, 0 when it is none.
std::size_t append_escape(std::string& out, std::string_view text, std::size_t pos) {
    if (pos + 1 >= text.size()) return 0;
    switch (text[pos + 1]) {
    case '"':
    case '\\':
    case '/': out += text[pos + 1]; return 2;
    case 'b': out += '\b'; return 2;
    case 'f': out += '\f'; return 2;
    case 'n': out += '\n'; return 2;
    case 'r': out += '\r'; return 2;
    case 't': out += '\t'; return 2;
    default: break;
    }
    auto unit = unit_at(text, pos);
    if (!unit) return 0;
    if (*unit < 0xD800 || *unit > 0xDFFF) {
        append_utf8(out, *unit);
        return 6;
    }
    auto low = *unit < 0xDC00 ? unit_at(text, pos + 6) : std::nullopt;
    if (!low || *low < 0xDC00 || *low > 0xDFFF) {
        append_utf8(out, replacement_character);
        return 6;
    }
    append_utf8(out, 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
    return 12;
}

std::optional<std::string_view> inside_quotes(std::string_view raw) noexcept {
    if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return std::nullopt;
    return raw.substr(1, raw.size() - 2);
}

} // namespace

json_kind kind_of(std::string_view raw) noexcept {
    if (raw.empty()) return json_kind::absent;
    switch (raw.front()) {
    case '{': return json_kind::object;
    case '[': return json_kind::array;
    case '"': return json_kind::string;
    case 't':
    case 'f': return json_kind::boolean;
    case 'n': return json_kind::null;
    default: return json_kind::number;
    }
}

std::optional<std::string_view> plain_string(std::string_view raw) noexcept {
    auto text = inside_quotes(raw);
    if (!text || end_of_plain_run(*text, 0) != text->size()) return std::nullopt;
    return text;
}

std::optional<std::string> string_value(std::string_view raw) {
    auto text = inside_quotes(raw);
    if (!text) return std::nullopt;
    std::string out;
    out.reserve(text->size()); // no escape is shorter than what it stands for
    for (std::size_t pos = 0;;) {
        std::size_t end = end_of_plain_run(*text, pos);
        out.append(*text, pos, end - pos);
        if (end == text->size()) return out;
        std::size_t length = (*text)[end] == '\\' ? append_escape(out, *text, end) : 0;
        if (length == 0) return std::nullopt;
        pos = end + length;
    }
}

std::optional<std::int64_t> integer_value(std::string_view raw) noexcept {
    if (kind_of(raw) != json_kind::number) return std::nullopt;
    char const* last = raw.data() + raw.size();
    std::int64_t whole = 0;
    auto [end, error] = std::from_chars(raw.data(), last, whole);
    if (end == last) return error == std::errc{} ? std::optional{whole} : std::nullopt;

    double number = 0;
    auto [number_end, number_error] = std::from_chars(raw.data(), last, number);
    if (number_error != std::errc{} || number_end != last) return std::nullopt;
    constexpr double greatest_safe = 9007199254740991.0;
    if (!(std::abs(number) <= greatest_safe) || number != std::trunc(number)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::optional<bool> bool_value(std::string_view raw) noexcept {
    if (raw == "true") return true;
    if (raw == "false") return false;
    return std::nullopt;
}

} // namespace ringback::socketio
