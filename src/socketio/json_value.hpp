#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reads single values out of raw JSON text. `raw` is one whole value without whitespace around it, as skip_value and
/// the views of json_view.hpp deliver it; the answers for other text are arbitrary but safe. The empty view stands
/// for a value that is not there.

namespace ringback::socketio {

enum class json_kind { absent, object, array, string, number, boolean, null };

[[nodiscard]] json_kind kind_of(std::string_view raw) noexcept;

/// The text inside the quotes of a string without escapes: a view into `raw`. nullopt for other strings and kinds.
[[nodiscard]] std::optional<std::string_view> plain_string(std::string_view raw) noexcept;

/// The text of a string, escapes decoded to UTF-8. An escaped lone surrogate, which no UTF-8 can hold, becomes U+FFFD,
/// as it does wherever JavaScript writes such a string to the wire. nullopt when `raw` is no valid JSON string.
[[nodiscard]] std::optional<std::string> string_value(std::string_view raw);

/// A number that JavaScript would call an integer: `7`, `-0` (0), `1.0`, `1e3`. Written with digits alone it may fill
/// the 64 bits; written with a fraction or an exponent it must be a safe integer (at most 2^53 - 1). nullopt else.
[[nodiscard]] std::optional<std::int64_t> integer_value(std::string_view raw) noexcept;

[[nodiscard]] std::optional<bool> bool_value(std::string_view raw) noexcept;

} // namespace ringback::socketio
