#pragma once

#include <cstdint>
#include <string_view>

namespace ringback::websocket {

/// Checks UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF) that arrives in pieces, cut
/// anywhere. Reports the first byte that no valid text can have at its place, not only the end of a code point.
class utf8_validator {
public:
    /// False when `bytes` cannot continue what came before. From then on feed() of anything and complete() are false,
    /// until reset().
    [[nodiscard]] bool feed(std::string_view bytes) noexcept;

    /// Whether the text so far is valid and does not end inside a code point.
    [[nodiscard]] bool complete() const noexcept { return missing_ == 0; }

    void reset() noexcept { *this = {}; }

private:
    [[nodiscard]] bool start(std::uint8_t lead) noexcept;
    bool refuse() noexcept;

    std::uint8_t missing_ = 0;   // continuation bytes that the code point at the end still needs
    std::uint8_t lowest_ = 0x80; // bounds of the next continuation byte; an empty range after a failure
    std::uint8_t highest_ = 0xbf;
};

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

} // namespace ringback::websocket
