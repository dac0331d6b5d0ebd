#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringback::websocket {

/// RFC 6455 section 5.3, in wire order; element 0 belongs to the first byte.
using masking_key = std::array<std::uint8_t, 4>;

/// Removes the mask in place, 8 bytes at a time. Returns whether the plain bytes are all ASCII: learnt on the way for
/// one more instruction a word, it spares most text messages a second pass for their UTF-8.
bool unmask(std::span<char> bytes, masking_key key) noexcept;

/// The key for what follows `done` bytes further on.
[[nodiscard]] masking_key advance(masking_key key, std::size_t done) noexcept;

} // namespace ringback::websocket
