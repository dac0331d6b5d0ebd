#include "socketio/msgpack_reader.hpp"

#include "base/json_text.hpp"
#include "websocket/big_endian.hpp"
#include "websocket/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace ringback::socketio {
namespace {

using status = std::expected<void, errc>;

constexpr std::unexpected malformed{errc::bad_msgpack};
constexpr std::size_t attachment_cost = 32;

template <typename Number>
void append_number(std::string& out, Number value) {
    std::array<char, 32> digits;
    auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end);
}

bool is_string(std::uint8_t head) { return (head & 0xe0) == 0xa0 || (head >= 0xd9 && head <= 0xdb); }

void append_float(std::string& out, double value) {
    if (std::isfinite(value))
        append_number(out, value);
    else
        out += "null";
}

std::int64_t sign_extended(std::uint64_t value, std::size_t size) {
    auto unused = static_cast<int>(64 - 8 * size);
    return static_cast<std::int64_t>(value << unused) >> unused;
}

// Seconds and nanoseconds as milliseconds; a second that no Date reaches counts as one just as far out, so that the
// product cannot overflow.
std::int64_t in_milliseconds(std::int64_t seconds, std::uint64_t nanoseconds) {
    constexpr std::int64_t beyond = 9'000'000'000'000;
    seconds = std::min(std::max(seconds, -beyond), beyond);
    return seconds * 1000 + static_cast<std::int64_t>(nanoseconds / 1'000'000);
}

} // namespace

std::optional<std::uint8_t> msgpack_reader::peek() const noexcept {
    if (at_end()) return std::nullopt;
    return static_cast<std::uint8_t>(bytes_[pos_]);
}

std::optional<std::string_view> msgpack_reader::take(std::uint64_t size) noexcept {
    if (size > bytes_.size() - pos_) return std::nullopt;
    auto taken = bytes_.substr(pos_, static_cast<std::size_t>(size));
    pos_ += taken.size();
    return taken;
}

std::optional<std::uint64_t> msgpack_reader::number(std::size_t size) noexcept {
    auto taken = take(size);
    if (!taken) return std::nullopt;
    return websocket::big_endian(*taken);
}

// Behind `head`, which is one of three neighbours: with a length of 1, 2 or 4 bytes, the first of them being `head8`.
std::optional<std::uint64_t> msgpack_reader::length(std::uint8_t head, std::uint8_t head8) noexcept {
    return number(std::size_t{1} << (head - head8));
}

std::expected<std::uint32_t, errc> msgpack_reader::map_head() {
    auto head = peek();
    if (!head) return malformed;
    bool fixed = (*head & 0xf0) == 0x80;
    if (!fixed && *head != 0xde && *head != 0xdf) return malformed;
    ++pos_;
    if (fixed) return *head & 15u;
    auto pairs = length(*head, 0xdd);
    if (!pairs) return malformed;
    return static_cast<std::uint32_t>(*pairs);
}

std::expected<std::string_view, errc> msgpack_reader::string() {
    auto head = peek();
    if (!head) return malformed;
    if (!is_string(*head)) return malformed;
    bool fixed = (*head & 0xe0) == 0xa0;
    ++pos_;
    auto size = fixed ? std::optional<std::uint64_t>{*head & 31u} : length(*head, 0xd9);
    auto text = size ? take(*size) : std::nullopt;
    if (!text || !websocket::is_utf8(*text)) return malformed;
    return *text;
}

std::expected<msgpack_reader::found, errc>
msgpack_reader::value(std::string& out, std::vector<std::string>& attachments, std::size_t depth) {
    attachments_ = &attachments;
    return item(out, depth);
}

std::expected<msgpack_reader::found, errc> msgpack_reader::item(std::string& out, std::size_t depth) {
    auto head = peek();
    if (!head) return malformed;
    bool is_array = (*head & 0xf0) == 0x90 || *head == 0xdc || *head == 0xdd;
    bool is_map = (*head & 0xf0) == 0x80 || *head == 0xde || *head == 0xdf;
    if (!is_array && !is_map) {
        auto read = scalar(out, *head, depth);
        if (auto fits = check_size(out); read && !fits) return std::unexpected{fits.error()};
        return read;
    }
    if (depth == 0) return std::unexpected{errc::too_deep};
    status read;
    if (is_map) {
        auto pairs = map_head();
        if (!pairs) return malformed;
        read = map(out, *pairs, depth - 1);
    } else {
        ++pos_;
        // There is no array with a length of one byte; 0xdb would be its head.
        auto items = *head < 0xa0 ? std::optional<std::uint64_t>{*head & 15u} : length(*head, 0xdb);
        if (!items) return malformed;
        read = array(out, *items, depth - 1);
    }
    if (!read) return std::unexpected{read.error()};
    return found::value;
}

status msgpack_reader::array(std::string& out, std::uint64_t items, std::size_t depth) {
    out += '[';
    for (std::uint64_t i = 0; i < items; ++i) {
        if (i > 0) out += ',';
        if (auto read = item(out, depth); !read) return std::unexpected{read.error()};
    }
    out += ']';
    return check_size(out);
}

status msgpack_reader::map(std::string& out, std::uint64_t pairs, std::size_t depth) {
    out += '{';
    bool first = true;
    for (std::uint64_t i = 0; i < pairs; ++i) {
        std::size_t before = out.size();
        if (!first) out += ',';
        if (auto written = key(out); !written) return written;
        out += ':';
        auto member = item(out, depth);
        if (!member) return std::unexpected{member.error()};
        if (*member == found::undefined)
            out.resize(before);
        else
            first = false;
    }
    out += '}';
    return check_size(out);
}

// JavaScript makes any key a string; only an integer's would not surprise anybody.
status msgpack_reader::key(std::string& out) {
    auto head = peek();
    if (!head) return malformed;
    if (is_string(*head)) {
        auto text = string();
        if (!text) return malformed;
        append_json_string(out, *text);
        return {};
    }
    out += '"';
    if (auto written = integer(out, *head); !written) return written;
    out += '"';
    return {};
}

std::expected<msgpack_reader::found, errc> msgpack_reader::scalar(std::string& out, std::uint8_t head,
                                                                  std::size_t depth) {
    status read;
    if (is_string(head)) {
        auto text = string();
        if (!text) return malformed;
        append_json_string(out, *text);
        return found::value;
    }
    switch (head) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
        ++pos_;
        out += head == 0xc0 ? "null" : head == 0xc2 ? "false" : "true";
        return found::value;
    case 0xc4:
    case 0xc5:
    case 0xc6: {
        ++pos_;
        auto size = length(head, 0xc4);
        read = binary(out, size ? take(*size) : std::nullopt, depth);
        break;
    }
    case 0xca:
    case 0xcb: {
        ++pos_;
        auto bits = number(head == 0xca ? 4 : 8);
        if (!bits) return malformed;
        append_float(out, head == 0xca ? std::bit_cast<float>(static_cast<std::uint32_t>(*bits))
                                       : std::bit_cast<double>(*bits));
        return found::value;
    }
    default:
        if ((head >= 0xc7 && head <= 0xc9) || (head >= 0xd4 && head <= 0xd8)) return extension(out, head, depth);
        read = integer(out, head);
    }
    if (!read) return std::unexpected{read.error()};
    return found::value;
}

status msgpack_reader::integer(std::string& out, std::uint8_t head) {
    bool fixed = head < 0x80 || head >= 0xe0;
    if (!fixed && (head < 0xcc || head > 0xd3)) return malformed;
    ++pos_;
    if (fixed) {
        append_number(out, static_cast<int>(static_cast<std::int8_t>(head)));
        return {};
    }
    std::size_t size = std::size_t{1} << (head & 3);
    auto value = number(size);
    if (!value) return malformed;
    if (head <= 0xcf)
        append_number(out, *value);
    else
        append_number(out, sign_extended(*value, size));
    return {};
}

// The form decides with the type: notepack writes an ArrayBuffer as ext 8, 16 or 32 of type 0 even when it holds 1 or
// 8 bytes, for which other encoders take fixext 1 and 8, its `undefined` and its Date.
std::expected<msgpack_reader::found, errc> msgpack_reader::extension(std::string& out, std::uint8_t head,
                                                                     std::size_t depth) {
    ++pos_;
    bool fixed = head >= 0xd4;
    auto size = fixed ? std::optional{std::uint64_t{1} << (head - 0xd4)} : length(head, 0xc7);
    auto type = number(1);
    auto body = size ? take(*size) : std::nullopt;
    if (!type || !body) return malformed;
    constexpr std::uint64_t timestamp = 0xff; // -1
    auto at = [&](std::size_t first, std::size_t count) { return websocket::big_endian(body->substr(first, count)); };
    std::int64_t milliseconds = 0;
    if (*type == 0 && !fixed) {
        if (auto read = binary(out, body, depth); !read) return std::unexpected{read.error()};
        return found::value;
    }
    if (*type == 0 && *size == 1) {
        out += "null";
        return found::undefined;
    }
    if (*type == 0 && *size == 8) {
        milliseconds = static_cast<std::int64_t>(at(0, 8));
    } else if (*type == timestamp && *size == 4) {
        milliseconds = in_milliseconds(static_cast<std::int64_t>(at(0, 4)), 0);
    } else if (*type == timestamp && *size == 8) {
        milliseconds = in_milliseconds(static_cast<std::int64_t>(at(0, 8) & 0x3'ffff'ffff), at(0, 8) >> 34);
    } else if (*type == timestamp && *size == 12) {
        milliseconds = in_milliseconds(static_cast<std::int64_t>(at(4, 8)), at(0, 4));
    } else {
        return malformed;
    }
    append_json_date(out, milliseconds);
    return found::value;
}

status msgpack_reader::binary(std::string& out, std::optional<std::string_view> bytes, std::size_t depth) {
    if (!bytes) return malformed;
    if (depth == 0) return std::unexpected{errc::too_deep};
    if (bytes->size() + attachment_cost > max_bytes_) return std::unexpected{errc::too_large};
    max_bytes_ -= bytes->size() + attachment_cost;
    out += R"({"_placeholder":true,"num":)";
    append_number(out, attachments_->size());
    out += '}';
    attachments_->emplace_back(*bytes);
    return {};
}

status msgpack_reader::check_size(std::string const& out) const {
    if (out.size() > max_bytes_) return std::unexpected{errc::too_large};
    return {};
}

} // namespace ringback::socketio
