#include "base/ids.hpp"

#include <algorithm>

namespace ringback {

std::optional<account_id> account_id::parse(std::string_view text) {
    bool printable = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (text.empty() || text.size() > 128 || !printable) return std::nullopt;
    return account_id{text};
}

namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

} // namespace

std::optional<call_id> call_id::parse(std::string_view hex) noexcept {
    bytes b;
    if (hex.size() != 2 * b.size()) return std::nullopt;
    for (std::size_t i = 0; i < b.size(); ++i) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        b[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return call_id{b};
}

std::string call_id::text() const {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out(2 * bytes_.size(), '0');
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        out[2 * i] = digits[bytes_[i] >> 4];
        out[2 * i + 1] = digits[bytes_[i] & 15];
    }
    return out;
}

} // namespace ringback
