#include "socketio/packet.hpp"

#include "socketio/json_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace ringback::socketio {
namespace {

using namespace std::string_view_literals;

using status = std::expected<void, errc>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits alone, from `pos` on, which moves behind them; nullopt when there are none or too many. The reference lets
// JavaScript coerce them, so that a space counts as 0; here it is whitespace before the JSON.
std::optional<std::uint64_t> read_digits(std::string_view text, std::size_t& pos) {
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data() + pos, text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    pos = static_cast<std::size_t>(end - text.data());
    return value;
}

status read_attachment_count(std::string_view text, std::size_t& pos, std::uint32_t limit, packet_view& packet) {
    auto count = read_digits(text, pos);
    if (!count || *count == 0 || *count > limit || pos >= text.size() || text[pos] != '-')
        return std::unexpected{errc::bad_attachment_count};
    packet.attachments = static_cast<std::uint32_t>(*count);
    ++pos;
    return {};
}

void read_namespace(std::string_view text, std::size_t& pos, packet_view& packet) {
    if (pos >= text.size() || text[pos] != '/') return;
    std::size_t comma = std::min(text.find(',', pos), text.size());
    packet.nsp = text.substr(pos, comma - pos);
    pos = std::min(comma + 1, text.size());
}

status read_ack_id(std::string_view text, std::size_t& pos, packet_view& packet) {
    if (pos >= text.size() || !is_digit(text[pos])) return {};
    packet.ack_id = read_digits(text, pos);
    if (!packet.ack_id) return std::unexpected{errc::bad_ack_id};
    return {};
}

// `pos` is at the end of the JSON: only whitespace may follow.
status end_payload(std::string_view text, std::size_t first, std::size_t pos, packet_view& packet) {
    packet.payload = text.substr(first, pos - first);
    if (skip_space(text, pos) != text.size()) return std::unexpected{errc::bad_json};
    return {};
}

status read_auth(std::string_view text, std::size_t pos, std::size_t depth, packet_view& packet) {
    if (pos == text.size()) return {};
    pos = skip_space(text, pos);
    auto end = skip_value(text, pos, depth);
    if (!end) return std::unexpected{end.error()};
    if (text[pos] != '{') return std::unexpected{errc::bad_payload};
    return end_payload(text, pos, *end, packet);
}

// The first item, which `raw` is, may name an event.
bool names_an_event(std::string_view raw) {
    switch (kind_of(raw)) {
    case json_kind::number: return true;
    case json_kind::string: break;
    default: return false;
    }
    auto plain = plain_string(raw);
    return plain ? !is_reserved_event(*plain) : !is_reserved_event(string_value(raw).value_or(""));
}

// Why something else than an array stands at `pos`: broken JSON is told apart from JSON of the wrong kind.
status no_array(std::string_view text, std::size_t pos, std::size_t depth) {
    if (pos == text.size()) return std::unexpected{errc::bad_payload};
    auto checked = check_json(text.substr(pos), depth);
    return std::unexpected{checked ? errc::bad_payload : checked.error()};
}

// An array, whose items are found in the pass that validates them.
status read_items(std::string_view text, std::size_t pos, std::size_t depth, packet_view& packet) {
    bool named = packet.type == packet_type::event || packet.type == packet_type::binary_event;
    std::size_t first = skip_space(text, pos);
    if (first == text.size() || text[first] != '[') return no_array(text, first, depth);
    if (depth == 0) return std::unexpected{errc::too_deep};
    pos = skip_space(text, first + 1);
    if (pos < text.size() && text[pos] == ']') {
        if (named) return std::unexpected{errc::bad_payload};
        return end_payload(text, first, pos + 1, packet);
    }
    std::size_t args_first = pos;
    for (;;) {
        auto end = skip_value(text, pos, depth - 1);
        if (!end) return std::unexpected{end.error()};
        bool is_name = named && packet.raw_name.empty();
        if (is_name)
            packet.raw_name = text.substr(pos, *end - pos);
        else
            packet.args = text.substr(args_first, *end - args_first);
        pos = skip_space(text, *end);
        if (pos == text.size() || (text[pos] != ',' && text[pos] != ']')) return std::unexpected{errc::bad_json};
        if (text[pos++] == ']') break;
        pos = skip_space(text, pos);
        if (is_name) args_first = pos;
    }
    if (auto ended = end_payload(text, first, pos, packet); !ended) return ended;
    if (named && !names_an_event(packet.raw_name)) return std::unexpected{errc::bad_event_name};
    return {};
}

} // namespace

namespace detail {

status read_payload(std::string_view text, std::size_t pos, std::size_t depth, packet_view& packet) {
    switch (packet.type) {
    case packet_type::connect: return read_auth(text, pos, depth, packet);
    case packet_type::disconnect:
        if (pos != text.size()) return std::unexpected{errc::bad_payload};
        return {};
    default: return read_items(text, pos, depth, packet);
    }
}

} // namespace detail

bool is_reserved_event(std::string_view name) noexcept {
    static constexpr std::array reserved{"connect"sv,       "connect_error"sv, "disconnect"sv,
                                         "disconnecting"sv, "newListener"sv,   "removeListener"sv};
    return std::ranges::find(reserved, name) != reserved.end();
}

std::expected<packet_view, errc> decode_packet(std::string_view text, decode_limits const& limits) {
    if (text.empty()) return std::unexpected{errc::empty_packet};
    if (text[0] < '0' || text[0] > '6') return std::unexpected{errc::unknown_type};
    std::expected<packet_view, errc> packet;
    packet->type = static_cast<packet_type>(text[0] - '0');
    if (packet->type == packet_type::connect_error) return std::unexpected{errc::not_for_clients};

    std::size_t pos = 1;
    status read;
    if (is_binary(packet->type)) read = read_attachment_count(text, pos, limits.max_attachments, *packet);
    if (read) {
        read_namespace(text, pos, *packet);
        read = read_ack_id(text, pos, *packet);
    }
    if (read) read = detail::read_payload(text, pos, std::min(limits.max_depth, max_json_depth), *packet);
    if (!read) return std::unexpected{read.error()};
    return packet;
}

std::string_view event_name(packet_view const& packet, std::string& scratch) {
    if (kind_of(packet.raw_name) != json_kind::string) return packet.raw_name;
    if (auto plain = plain_string(packet.raw_name)) return *plain;
    scratch = string_value(packet.raw_name).value_or("");
    return scratch;
}

} // namespace ringback::socketio
