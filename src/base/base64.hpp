#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringback {

/// RFC 4648: the standard alphabet with padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Accepts padded and unpadded text; nullopt for anything else.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// RFC 4648 section 5: the URL-safe alphabet without padding.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

} // namespace ringback
