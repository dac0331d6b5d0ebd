#include "base/base64.hpp"

#include <array>
#include <cstdint>

namespace ringback {
namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view in, std::string_view alphabet, bool padded) {
    std::string out;
    out.reserve((in.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < in.size(); i += 3) {
        std::size_t have = std::min<std::size_t>(3, in.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < have ? static_cast<std::uint8_t>(in[i + k]) : 0u);
        for (std::size_t k = 0; k < have + 1; ++k)
            out += alphabet[group >> (18 - 6 * k) & 63];
        if (padded) out.append(3 - have, '=');
    }
    return out;
}

constexpr std::array<std::int8_t, 256> reverse_of(std::string_view alphabet) {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

std::optional<std::string> decode(std::string_view in, std::array<std::int8_t, 256> const& table) {
    std::size_t padding = 0;
    while (padding < 2 && !in.empty() && in.back() == '=') {
        in.remove_suffix(1);
        ++padding;
    }
    if (in.size() % 4 == 1 || (padding && (in.size() + padding) % 4 != 0)) return std::nullopt;
    std::string out;
    out.reserve(in.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int have = 0;
    for (char c : in) {
        int value = table[static_cast<std::uint8_t>(c)];
        if (value < 0) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if ((have += 6) >= 8) out += static_cast<char>(bits >> (have -= 8) & 255);
    }
    return out;
}

} // namespace

std::string base64_encode(std::string_view bytes) { return encode(bytes, standard, true); }
std::string base64url_encode(std::string_view bytes) { return encode(bytes, url_safe, false); }

std::optional<std::string> base64_decode(std::string_view text) {
    static constexpr auto table = reverse_of(standard);
    return decode(text, table);
}

std::optional<std::string> base64url_decode(std::string_view text) {
    static constexpr auto table = reverse_of(url_safe);
    return decode(text, table);
}

} // namespace ringback
