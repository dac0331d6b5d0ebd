#pragma once

#include <string>
#include <string_view>

namespace ringback {

/// Appends `text` (UTF-8) to `out` as a JSON string with its quotes (RFC 8259 section 7). Bytes from 0x80 on pass as
/// they are; control characters, quote and backslash are escaped.
void append_json_string(std::string& out, std::string_view text);

[[nodiscard]] std::string json_string(std::string_view text);

} // namespace ringback
