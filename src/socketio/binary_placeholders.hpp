#pragma once

#include <cstdint>
#include <string_view>

namespace ringback::socketio {

/// Every placeholder in `raw`, `{"_placeholder":true,"num":i}` at any depth and in any spelling that decodes to it,
/// names one of `attachments` attachments: `i` is an integer from 0 to attachments - 1. An attachment may be named
/// often or never, as the reference has it. `raw` is one validated value, whose depth bounds the recursion; one pass.
[[nodiscard]] bool placeholders_fit(std::string_view raw, std::uint32_t attachments);

} // namespace ringback::socketio
