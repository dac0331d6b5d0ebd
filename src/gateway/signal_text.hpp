#pragma once

#include "base/ids.hpp"

#include <string>
#include <string_view>

namespace ringback::gateway {

/// What the other peer gets of a signal: the payload as it was sent, byte for byte, but that every top-level member
/// whose key decodes to `from` is gone and the sender's id stands last as `from`. `payload` is a valid JSON object.
[[nodiscard]] std::string with_sender(std::string_view payload, account_id const& sender);

/// How many top-level members have a key that decodes to `name`.
[[nodiscard]] std::size_t count_members(std::string_view payload, std::string_view name);

} // namespace ringback::gateway
