#include "engineio/packet.hpp"

#include "base/base64.hpp"

#include <array>
#include <cstdint>

namespace ringback::engineio {
namespace {

constexpr std::int8_t unknown = -1, line_break = -2, pad = -3;

constexpr std::array<std::int8_t, 256> sextets = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(unknown);
    table['\r'] = table['\n'] = line_break;
    table['='] = pad;
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

// base's decoder returns a string of its own; a POST body may hold a hundred thousand packets, so here the capacity of
// one buffer serves them all. Line breaks mean nothing: the official Java client sends lines of 76 characters.
bool decode_base64_into(std::string& out, std::string_view text) {
    out.clear();
    std::uint32_t bits = 0;
    unsigned have = 0;
    std::size_t digits = 0, padding = 0;
    for (char c : text) {
        int sextet = sextets[static_cast<std::uint8_t>(c)];
        if (sextet == line_break) continue;
        if (sextet == pad) {
            ++padding;
            continue;
        }
        if (sextet == unknown || padding != 0) return false;
        ++digits;
        bits = bits << 6 | static_cast<std::uint32_t>(sextet);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out += static_cast<char>(bits >> have & 0xFF);
        }
    }
    return digits % 4 != 1 && (padding == 0 || (padding <= 2 && (digits + padding) % 4 == 0));
}

} // namespace

std::expected<packet_view, errc> decode_packet(std::string_view text) noexcept {
    if (text.empty()) return std::unexpected{errc::empty_packet};
    char digit = text.front();
    if (digit < '0' || digit > digit_of(packet_type::noop)) return std::unexpected{errc::unknown_packet_type};
    return packet_view{static_cast<packet_type>(digit - '0'), packet_content::text, text.substr(1)};
}

std::expected<packet_view, errc> decode_packet(std::string_view text, std::string& buffer) {
    if (!text.starts_with('b')) return decode_packet(text);
    if (!decode_base64_into(buffer, text.substr(1))) return std::unexpected{errc::bad_base64};
    return binary_message(buffer);
}

std::expected<packet_view, errc> decode_packet_v3(std::string_view text, std::string& buffer) {
    if (!text.starts_with('b')) return decode_packet(text);
    if (!text.starts_with("b4")) return std::unexpected{errc::unknown_packet_type};
    if (!decode_base64_into(buffer, text.substr(2))) return std::unexpected{errc::bad_base64};
    return binary_message(buffer);
}

std::expected<packet_view, errc> decode_binary_packet_v3(std::string_view bytes) noexcept {
    if (bytes.empty()) return std::unexpected{errc::empty_packet};
    if (bytes.front() != binary_marker_v3) return std::unexpected{errc::unknown_packet_type};
    return binary_message(bytes.substr(1));
}

void append_packet(std::string& out, packet_type type, std::string_view data) {
    out += digit_of(type);
    out += data;
}

void append_base64_packet(std::string& out, std::string_view bytes) {
    out += 'b';
    out += base64_encode(bytes);
}

void append_base64_packet_v3(std::string& out, std::string_view bytes) {
    out += "b4";
    out += base64_encode(bytes);
}

} // namespace ringback::engineio
