#include "socketio/msgpack_packet.hpp"

#include "socketio/binary_placeholders.hpp"
#include "socketio/json_value.hpp"
#include "socketio/msgpack_reader.hpp"
#include "socketio/msgpack_writer.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

namespace ringback::socketio {
namespace {

using status = std::expected<void, errc>;

/// The members of the map. Raw JSON; empty when absent or undefined.
struct raw_packet {
    std::string type;
    std::string nsp;
    std::string id;
    std::string data;
    std::vector<std::string> attachments;
};

status read_member(msgpack_reader& in, std::size_t depth, raw_packet& packet) {
    auto key = in.string();
    if (!key) return std::unexpected{key.error()};
    std::string ignored;
    std::vector<std::string> ignored_attachments;
    bool is_data = *key == "data";
    auto& attachments = is_data ? packet.attachments : ignored_attachments;
    auto& text = is_data          ? packet.data
                 : *key == "type" ? packet.type
                 : *key == "nsp"  ? packet.nsp
                 : *key == "id"   ? packet.id
                                  : ignored;
    text.clear();
    attachments.clear();
    auto read = in.value(text, attachments, depth);
    if (!read) return std::unexpected{read.error()};
    if (*read == msgpack_reader::found::undefined) text.clear();
    return {};
}

std::expected<raw_packet, errc> read_map(std::string_view bytes, std::size_t depth, std::size_t max_bytes) {
    msgpack_reader in{bytes, max_bytes};
    auto members = in.map_head();
    if (!members) return std::unexpected{members.error()};
    raw_packet packet;
    for (std::uint32_t i = 0; i < *members; ++i)
        if (auto read = read_member(in, depth, packet); !read) return std::unexpected{read.error()};
    if (!in.at_end()) return std::unexpected{errc::bad_msgpack};
    return packet;
}

status check_type(std::string_view raw, packet_view& header) {
    if (raw.size() != 1 || raw[0] < '0' || raw[0] > '4') return std::unexpected{errc::unknown_type};
    header.type = static_cast<packet_type>(raw[0] - '0');
    if (header.type == packet_type::connect_error) return std::unexpected{errc::not_for_clients};
    return {};
}

status check_id(std::string_view raw, packet_view& header) {
    if (raw.empty() || raw == "null") return {};
    std::uint64_t id = 0;
    auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), id);
    if (error != std::errc{} || end != raw.data() + raw.size()) return std::unexpected{errc::bad_ack_id};
    header.ack_id = id;
    return {};
}

// A comma would end the name early where the default parser writes it.
status check_nsp(std::string_view nsp) {
    if (!nsp.starts_with('/') || nsp.contains(',')) return std::unexpected{errc::bad_payload};
    return {};
}

status mark_binary(packet_view& header, std::size_t attachments) {
    if (attachments == 0) return {};
    if (header.type == packet_type::connect) return std::unexpected{errc::bad_payload};
    header.type = header.type == packet_type::event ? packet_type::binary_event : packet_type::binary_ack;
    header.attachments = static_cast<std::uint32_t>(attachments);
    // A client's own object may look like a placeholder; then it has to name something.
    if (!placeholders_fit(header.payload, header.attachments)) return std::unexpected{errc::bad_placeholder};
    return {};
}

void open_packet(std::string& out, packet_type type, std::string_view nsp, std::size_t members) {
    append_msgpack_map_head(out, members);
    append_msgpack_string(out, "type");
    append_msgpack_unsigned(out, static_cast<std::uint64_t>(type));
    append_msgpack_string(out, "nsp");
    append_msgpack_string(out, nsp);
}

void append_member(std::string& out, std::string_view key, std::string_view text) {
    append_msgpack_string(out, key);
    append_msgpack_string(out, text);
}

void append_id(std::string& out, std::uint64_t id) {
    append_msgpack_string(out, "id");
    append_msgpack_unsigned(out, id);
}

} // namespace

std::expected<binary_packet, errc> decode_msgpack(std::string_view bytes, decode_limits const& limits) {
    if (bytes.empty()) return std::unexpected{errc::empty_packet};
    std::size_t depth = std::min(limits.max_depth, max_json_depth);
    auto raw = read_map(bytes, depth, limits.max_binary_bytes);
    if (!raw) return std::unexpected{raw.error()};

    packet_view header;
    auto checked = check_type(raw->type, header);
    auto nsp = string_value(raw->nsp).value_or("");
    if (checked) checked = check_nsp(nsp);
    if (checked) checked = check_id(raw->id, header);
    if (checked) {
        header.nsp = nsp;
        if (header.type == packet_type::disconnect && raw->data == "null") raw->data.clear();
        checked = detail::read_payload(raw->data, 0, depth, header);
    }
    if (checked) checked = mark_binary(header, raw->attachments.size());
    if (!checked) return std::unexpected{checked.error()};
    binary_packet packet{header};
    packet.attachments = std::move(raw->attachments);
    return packet;
}

void append_msgpack_event(std::string& out, std::string_view nsp, std::string_view name, std::string_view raw_args,
                          std::optional<std::uint64_t> ack_id, std::span<std::string const> attachments) {
    open_packet(out, packet_type::event, nsp, ack_id ? 4 : 3);
    append_msgpack_string(out, "data");
    append_msgpack_event_array(out, name, raw_args, attachments);
    if (ack_id) append_id(out, *ack_id);
}

void append_msgpack_ack(std::string& out, std::string_view nsp, std::uint64_t ack_id, std::string_view raw_args,
                        std::span<std::string const> attachments) {
    open_packet(out, packet_type::ack, nsp, 4);
    append_msgpack_string(out, "data");
    append_msgpack_array(out, raw_args, attachments);
    append_id(out, ack_id);
}

void append_msgpack_connect(std::string& out, std::string_view nsp, std::string_view sid,
                            std::optional<std::string_view> pid) {
    open_packet(out, packet_type::connect, nsp, 3);
    append_msgpack_string(out, "data");
    append_msgpack_map_head(out, pid ? 2 : 1);
    append_member(out, "sid", sid);
    if (pid) append_member(out, "pid", *pid);
}

void append_msgpack_connect_error(std::string& out, std::string_view nsp, std::string_view message,
                                  std::string_view raw_data) {
    open_packet(out, packet_type::connect_error, nsp, 3);
    append_msgpack_string(out, "data");
    append_msgpack_map_head(out, raw_data.empty() ? 1 : 2);
    append_member(out, "message", message);
    if (raw_data.empty()) return;
    append_msgpack_string(out, "data");
    append_msgpack_json(out, raw_data);
}

void append_msgpack_disconnect(std::string& out, std::string_view nsp) {
    open_packet(out, packet_type::disconnect, nsp, 2);
}

} // namespace ringback::socketio
