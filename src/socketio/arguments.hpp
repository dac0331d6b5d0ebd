#pragma once

#include "base/json_text.hpp"

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>

/// Builds the arguments of events and acknowledgements, which are raw JSON everywhere in this library: what
/// `socket.emit("said", name, 3, true)` does by itself in JavaScript is `s.emit("said", arguments(name, 3, true))`.

namespace ringback::socketio {

/// JSON that goes out as it is: a document of your JSON library, or one that a client sent.
struct json_text {
    std::string text; ///< one value, valid
};

/// Appends one value as JSON (RFC 8259): text (UTF-8) as a string, numbers, bool, nullptr, json_text, and ranges of
/// these as arrays. A number that JSON cannot say (infinite, or none) becomes null, as in JSON.stringify.
template <class Value>
void append_json(std::string& out, Value const& value) {
    if constexpr (std::same_as<Value, json_text>) {
        out += value.text;
    } else if constexpr (std::same_as<Value, std::nullptr_t>) {
        out += "null";
    } else if constexpr (std::same_as<Value, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::convertible_to<Value const&, std::string_view>) {
        append_json_string(out, value);
    } else if constexpr (std::is_arithmetic_v<Value>) {
        if constexpr (std::floating_point<Value>)
            if (!std::isfinite(value)) return append_json(out, nullptr);
        char digits[32]; // the shortest form of a double has at most 24 characters
        out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    } else {
        static_assert(std::ranges::input_range<Value const>, "this has no JSON form: pass json_text");
        out += '[';
        std::string_view between;
        for (auto const& item : value) {
            out += between;
            append_json(out, item);
            between = ",";
        }
        out += ']';
    }
}

/// packet_content::args: the values, separated by commas.
template <class... Values>
[[nodiscard]] std::string arguments(Values const&... values) {
    std::string out;
    ((out += out.empty() ? "" : ",", append_json(out, values)), ...);
    return out;
}

namespace detail {
inline void append_members(std::string&) {}
template <class Value, class... Rest>
void append_members(std::string& out, std::string_view name, Value const& value, Rest const&... rest) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    append_json(out, value);
    append_members(out, rest...);
}
} // namespace detail

/// An object of names and values in turn: `object("from", name, "at", 3)` is `{"from":"…","at":3}`.
template <class... NamesAndValues>
[[nodiscard]] json_text object(NamesAndValues const&... members) {
    static_assert(sizeof...(members) % 2 == 0, "each name needs a value");
    std::string out = "{";
    detail::append_members(out, members...);
    return {out + '}'};
}

} // namespace ringback::socketio
