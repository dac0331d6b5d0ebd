#include "socketio/msgpack_writer.hpp"

#include "socketio/json_scan.hpp"
#include "socketio/json_value.hpp"
#include "socketio/msgpack_shapes.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace ringback::socketio {
namespace {

void append_byte(std::string& out, std::uint64_t byte) { out += static_cast<char>(byte & 0xff); }

void append_big_endian(std::string& out, std::uint64_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;)
        append_byte(out, value >> 8 * i);
}

// `head` is the first of neighbours whose numbers have 1, 2, 4 and 8 bytes.
void append_shortest(std::string& out, unsigned head, std::uint64_t value) {
    unsigned power = value < 0x100 ? 0 : value < 0x10000 ? 1 : value < 0x1'0000'0000 ? 2 : 3;
    append_byte(out, head + power);
    append_big_endian(out, value, 1u << power);
}

// Arrays and maps have no head with a length of one byte.
void append_container_head(std::string& out, unsigned fixed, unsigned head16, std::uint64_t items) {
    if (items < 16) return append_byte(out, fixed | items);
    unsigned power = items < 0x10000 ? 1 : 2;
    append_byte(out, head16 + power - 1);
    append_big_endian(out, items, 1u << power);
}

void append_signed(std::string& out, std::int64_t value) {
    if (value >= 0) return append_msgpack_unsigned(out, static_cast<std::uint64_t>(value));
    if (value >= -32) return append_byte(out, static_cast<std::uint64_t>(value));
    unsigned power = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x8000'0000LL ? 2 : 3;
    append_byte(out, 0xd0 + power);
    append_big_endian(out, static_cast<std::uint64_t>(value), 1u << power);
}

void append_float(std::string& out, double value) {
    append_byte(out, 0xcb);
    append_big_endian(out, std::bit_cast<std::uint64_t>(value), 8);
}

// What JSON.parse makes of a number that is too far from zero, or too near, for a double: std::from_chars calls both
// out of range and tells no more. The place of the first digit that counts, and the exponent, tell them apart.
double beyond_doubles(std::string_view raw) {
    double sign = raw.starts_with('-') ? -1 : 1;
    std::size_t exponent_at = std::min(raw.find_first_of("eE"), raw.size());
    auto digits = raw.substr(0, exponent_at);
    auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
    auto first = static_cast<std::int64_t>(std::min(digits.find_first_of("123456789"), digits.size()));
    bool tiny = exponent_at + 1 < raw.size() && raw[exponent_at + 1] == '-';
    std::int64_t exponent = tiny ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int32_t>::max();
    if (exponent_at == raw.size()) {
        exponent = 0;
    } else {
        auto text = raw.substr(exponent_at + 1);
        if (text.starts_with('+')) text.remove_prefix(1);
        std::from_chars(text.data(), text.data() + text.size(), exponent); // leaves it when there are too many digits
    }
    return sign * (point - first + exponent > 0 ? std::numeric_limits<double>::infinity() : 0);
}

void append_number(std::string& out, std::string_view raw) {
    char const* last = raw.data() + raw.size();
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    if (auto [end, error] = std::from_chars(raw.data(), last, positive); error == std::errc{} && end == last)
        return append_msgpack_unsigned(out, positive);
    if (auto [end, error] = std::from_chars(raw.data(), last, negative); error == std::errc{} && end == last)
        return append_signed(out, negative);
    double value = 0;
    auto [end, error] = std::from_chars(raw.data(), last, value);
    if (error == std::errc::result_out_of_range) value = beyond_doubles(raw);
    constexpr double two_to_63 = 9223372036854775808.0;
    if (value == std::trunc(value) && value >= -two_to_63 && value < 2 * two_to_63) {
        if (value < 0) return append_signed(out, static_cast<std::int64_t>(value));
        return append_msgpack_unsigned(out, static_cast<std::uint64_t>(value));
    }
    append_float(out, value);
}

void append_scalar(std::string& out, std::string_view raw) {
    switch (kind_of(raw)) {
    case json_kind::string:
        if (auto plain = plain_string(raw)) return append_msgpack_string(out, *plain);
        return append_msgpack_string(out, string_value(raw).value_or(""));
    case json_kind::boolean: return append_byte(out, raw == "true" ? 0xc3 : 0xc2);
    case json_kind::number: return append_number(out, raw);
    default: append_byte(out, 0xc0);
    }
}

// MessagePack lets values follow each other as the text has them, so that heads and scalars are all there is to do.
void append_items(std::string& out, std::string_view raw, std::span<msgpack_shape const> inside,
                  std::span<std::string const> attachments) {
    auto shape = inside.begin();
    for (std::size_t pos = 0; pos < raw.size();) {
        switch (raw[pos]) {
        case '[':
            append_msgpack_array_head(out, (shape++)->items);
            ++pos;
            break;
        case '{':
            if (shape->attachment) {
                append_msgpack_binary(out, attachments[*shape->attachment]);
                pos = shape->end;
            } else {
                append_msgpack_map_head(out, shape->items);
                ++pos;
            }
            ++shape;
            break;
        case ']':
        case '}':
        case ',':
        case ':':
        case ' ':
        case '\t':
        case '\r':
        case '\n': ++pos; break;
        default:
            std::size_t end = end_of_value(raw, pos);
            append_scalar(out, raw.substr(pos, end - pos));
            pos = end;
        }
    }
}

} // namespace

void append_msgpack_string(std::string& out, std::string_view utf8) {
    if (utf8.size() < 32)
        append_byte(out, 0xa0 | utf8.size());
    else
        append_shortest(out, 0xd9, utf8.size());
    out += utf8;
}

void append_msgpack_binary(std::string& out, std::string_view bytes) {
    append_shortest(out, 0xc4, bytes.size());
    out += bytes;
}

void append_msgpack_unsigned(std::string& out, std::uint64_t value) {
    if (value < 0x80) return append_byte(out, value);
    append_shortest(out, 0xcc, value);
}

void append_msgpack_array_head(std::string& out, std::size_t items) { append_container_head(out, 0x90, 0xdc, items); }
void append_msgpack_map_head(std::string& out, std::size_t pairs) { append_container_head(out, 0x80, 0xde, pairs); }

void append_msgpack_json(std::string& out, std::string_view raw, std::span<std::string const> attachments) {
    auto shapes = msgpack_shapes(raw, attachments.size());
    append_items(out, raw, std::span{shapes}.subspan(1), attachments);
}

void append_msgpack_event_array(std::string& out, std::string_view name, std::string_view raw_items,
                                std::span<std::string const> attachments) {
    auto shapes = msgpack_shapes(raw_items, attachments.size());
    append_msgpack_array_head(out, 1 + shapes.front().items);
    append_msgpack_string(out, name);
    append_items(out, raw_items, std::span{shapes}.subspan(1), attachments);
}

void append_msgpack_array(std::string& out, std::string_view raw_items, std::span<std::string const> attachments) {
    auto shapes = msgpack_shapes(raw_items, attachments.size());
    append_msgpack_array_head(out, shapes.front().items);
    append_items(out, raw_items, std::span{shapes}.subspan(1), attachments);
}

} // namespace ringback::socketio
