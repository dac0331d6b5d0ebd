#pragma once

#include "socketio/errc.hpp"

#include <cstddef>
#include <expected>
#include <string_view>

/// A validating scanner for JSON (RFC 8259) that builds no document: it tells where a value ends. All positions are
/// byte offsets into the scanned text, so a caller can keep, relay or cut values byte for byte.
///
/// The text's UTF-8 is the transport's business (RFC 6455 section 8.1) and is not checked again. Escaped lone
/// surrogates (`"\ud800"`) are JSON and pass. No function here throws, allocates or recurses.

namespace ringback::socketio {

/// How many arrays and objects may be open at once, unless the caller says otherwise.
inline constexpr std::size_t default_json_depth = 64;
/// Greater limits count as this one: the scanner keeps one bit per open container in place.
inline constexpr std::size_t max_json_depth = 256;

/// The offset behind the value that starts exactly at `pos` (no whitespace before it). A scalar needs no depth, `[]`
/// a `depth` of 1. What follows the value is not looked at. bad_json or too_deep otherwise.
[[nodiscard]] std::expected<std::size_t, errc> skip_value(std::string_view text, std::size_t pos,
                                                          std::size_t depth = default_json_depth) noexcept;

/// The whole text is one JSON value, with whitespace around it at most.
[[nodiscard]] std::expected<void, errc> check_json(std::string_view text,
                                                   std::size_t depth = default_json_depth) noexcept;

/// The offset of the first character from `pos` on that is no JSON whitespace; the text's size when there is none.
[[nodiscard]] inline std::size_t skip_space(std::string_view text, std::size_t pos) noexcept {
    while (pos < text.size() && (text[pos] == ' ' || text[pos] == '\n' || text[pos] == '\r' || text[pos] == '\t'))
        ++pos;
    return pos;
}

/// The offset of the first quote, backslash or control character from `pos` on; the text's size when there is none.
[[nodiscard]] std::size_t end_of_plain_run(std::string_view text, std::size_t pos) noexcept;

/// As skip_value, for text that was validated before, and faster. Over text that was not, the answer is arbitrary but
/// never behind the text's end, and greater than `pos` while `pos` is inside.
[[nodiscard]] std::size_t end_of_value(std::string_view text, std::size_t pos) noexcept;

} // namespace ringback::socketio
