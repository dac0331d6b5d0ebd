#pragma once

#include <cstdint>
#include <span>

namespace ringback::websocket {

/// The number in network byte order that is all of `bytes`. REQUIRES: at most 8 of them.
[[nodiscard]] inline std::uint64_t big_endian(std::span<char const> bytes) noexcept {
    std::uint64_t value = 0;
    for (char byte : bytes)
        value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

} // namespace ringback::websocket
