#include "engineio/payload.hpp"

#include <cassert>
#include <optional>

namespace ringback::engineio {
namespace {

constexpr std::size_t max_length_digits = 12; // more than any body is long

constexpr unsigned char byte_of(char c) noexcept { return static_cast<unsigned char>(c); }

// UTF-16 code units that begin with this byte of UTF-8. Only four-byte sequences need a surrogate pair. Bytes that are
// not UTF-8 count as something too, so that every text has one length; their reader notices.
constexpr std::size_t utf16_units(char c) noexcept {
    if ((byte_of(c) & 0xC0) == 0x80) return 0;
    return byte_of(c) >= 0xF0 ? 2 : 1;
}

std::size_t utf16_length(std::string_view text) noexcept {
    std::size_t units = 0;
    for (char c : text)
        units += utf16_units(c);
    return units;
}

// The bytes of the first `units` code units; nullopt when the text is shorter or the cut would halve a character.
std::optional<std::size_t> bytes_of_units(std::string_view text, std::size_t units) noexcept {
    std::size_t at = 0, seen = 0;
    for (; at < text.size() && (seen < units || utf16_units(text[at]) == 0); ++at)
        seen += utf16_units(text[at]);
    return seen == units ? std::optional{at} : std::nullopt;
}

void append_v3_header(std::string& body, char kind, std::size_t bytes) {
    body += kind;
    for (char digit : std::to_string(bytes))
        body += static_cast<char>(digit - '0');
    body += '\xFF';
}

} // namespace

std::expected<packet_view, errc> payload_reader::next() {
    assert(!at_end_);
    std::expected<packet_view, errc> packet;
    switch (form_) {
    case payload_form::v4: packet = next_v4(); break;
    case payload_form::v3_text: packet = next_v3_text(); break;
    case payload_form::v3_binary: packet = next_v3_binary(); break;
    }
    if (!packet) at_end_ = true;
    return packet;
}

std::expected<packet_view, errc> payload_reader::next_v4() {
    std::size_t length = rest_.find(record_separator);
    // A separator promises another packet: behind one at the end of the body stands an empty packet, which is an error.
    at_end_ = length == std::string_view::npos;
    auto packet = decode_packet(rest_.substr(0, length), buffer_);
    if (!at_end_) rest_.remove_prefix(length + 1);
    return packet;
}

std::expected<packet_view, errc> payload_reader::next_v3_text() {
    std::size_t digits = 0, length = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
        if (digits == max_length_digits) return std::unexpected{errc::bad_length};
        length = length * 10 + static_cast<std::size_t>(rest_[digits] - '0');
    }
    if (digits == 0 || digits == rest_.size() || rest_[digits] != ':') return std::unexpected{errc::bad_length};
    rest_.remove_prefix(digits + 1);
    auto bytes = bytes_of_units(rest_, length);
    if (!bytes) return std::unexpected{errc::bad_length};
    std::string_view text = rest_.substr(0, *bytes);
    rest_.remove_prefix(*bytes);
    at_end_ = rest_.empty();
    if (text.empty()) return packet_view{};
    return decode_packet_v3(text, buffer_);
}

std::expected<packet_view, errc> payload_reader::next_v3_binary() {
    if (rest_.empty()) return std::unexpected{errc::empty_packet};
    unsigned char kind = byte_of(rest_.front());
    std::size_t at = 1, length = 0;
    for (; at < rest_.size() && byte_of(rest_[at]) <= 9; ++at) {
        if (at > max_length_digits) return std::unexpected{errc::bad_length};
        length = length * 10 + byte_of(rest_[at]);
    }
    if (kind > 1 || at == 1 || at == rest_.size() || byte_of(rest_[at]) != 0xFF || rest_.size() - at - 1 < length)
        return std::unexpected{errc::bad_length};
    std::string_view packet = rest_.substr(at + 1, length);
    rest_.remove_prefix(at + 1 + length);
    at_end_ = rest_.empty();
    return kind == 0 ? decode_packet_v3(packet, buffer_) : decode_binary_packet_v3(packet);
}

void payload_writer::text(std::string_view packet) {
    switch (form_) {
    case payload_form::v4:
        // No packet is empty, so a body with bytes in it is a body with a packet in it.
        if (!body_.empty()) body_ += record_separator;
        break;
    case payload_form::v3_text: body_.append(std::to_string(utf16_length(packet))) += ':'; break;
    case payload_form::v3_binary: append_v3_header(body_, 0, packet.size()); break;
    }
    body_ += packet;
}

void payload_writer::binary(std::string_view packet) {
    if (form_ == payload_form::v3_binary) {
        append_v3_header(body_, 1, packet.size());
        body_ += packet;
        return;
    }
    std::string encoded;
    if (form_ == payload_form::v4)
        append_base64_packet(encoded, packet);
    else
        append_base64_packet_v3(encoded, packet.substr(1));
    text(encoded);
}

} // namespace ringback::engineio
