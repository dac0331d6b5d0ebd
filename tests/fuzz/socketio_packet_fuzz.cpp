// Feeds one text to the Socket.IO packet decoder and the JSON scanner beneath it. Promises: nothing throws, every view
// lies inside the text, JSON is accepted exactly when a plain grammar accepts it, each part of valid JSON is valid by
// itself and ends where it should, and what was decoded encodes to a text that decodes to the same.

#include "socketio/binary_assembler.hpp"
#include "socketio/binary_placeholders.hpp"
#include "socketio/json_scan.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "socketio/packet.hpp"
#include "socketio/packet_encoder.hpp"
#include "unit/socketio/json_checker.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback::socketio;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_string(std::string_view raw) {
    auto text = string_value(raw);
    require(text.has_value());
    if (auto plain = plain_string(raw)) require(inside(*plain, raw) && *plain == *text);
    require(key_equals(raw, *text));
}

// Scans each part once per level around it and each object once per member, hence the small depth of the caller.
void check_value(std::string_view raw, std::size_t depth) {
    auto end = skip_value(raw, 0, depth);
    require(end && *end == raw.size() && end_of_value(raw, 0) == raw.size());
    switch (kind_of(raw)) {
    case json_kind::string: check_string(raw); break;
    case json_kind::number: (void)integer_value(raw); break;
    case json_kind::boolean: require(bool_value(raw).has_value()); break;
    case json_kind::array:
        for (auto item : json_array_view{raw}) {
            require(inside(item, raw));
            check_value(item, depth - 1);
        }
        break;
    case json_kind::object:
        for (auto [key, value] : json_object_view{raw}) {
            require(inside(key, raw) && inside(value, raw));
            check_value(key, 0);
            check_value(value, depth - 1);
            auto name = string_value(key);
            auto found = find_member(raw, *name);
            require(found && inside(*found, raw) && found->data() >= value.data());
        }
        break;
    default: break;
    }
    (void)placeholders_fit(raw, 2);
}

void check_json_text(std::string_view text) {
    constexpr std::size_t depth = 12;
    bool valid = json_checker::accepts(text, depth);
    require(check_json(text, depth).has_value() == valid);
    if (valid) {
        std::size_t first = skip_space(text, 0);
        check_value(text.substr(first, end_of_value(text, first) - first), depth);
        return;
    }
    // Text that nobody validated must not lead the views outside, nor hold them up.
    for (auto item : json_array_view::of_items(text))
        require(inside(item, text) && !item.empty());
    for (auto [key, value] : json_object_view{text})
        require(inside(key, text) && inside(value, text) && !key.empty());
}

void check_encoding(packet_view const& packet) {
    std::string text, scratch;
    bool event = packet.type == packet_type::event || packet.type == packet_type::binary_event;
    if (event)
        append_binary_event(text, packet.attachments, packet.nsp, packet.ack_id, event_name(packet, scratch),
                            packet.args);
    else
        append_binary_ack(text, packet.attachments, packet.nsp, packet.ack_id.value_or(0), packet.args);
    auto again = decode_packet(std::string_view{text}.substr(1), {});
    require(again.has_value());
    require(again->type == packet.type && again->nsp == packet.nsp && again->args == packet.args);
    require(again->attachments == packet.attachments);
    require(event ? again->ack_id == packet.ack_id : again->ack_id == packet.ack_id.value_or(0));
    std::string scratch_again;
    if (event) require(event_name(*again, scratch_again) == event_name(packet, scratch));
}

void check_assembly(packet_view const& header, std::string_view bytes) {
    binary_assembler assembler;
    if (!assembler.begin(header, 1'000'000)) {
        require(!assembler.is_pending());
        return;
    }
    for (std::uint32_t i = 1; i <= header.attachments; ++i) {
        auto added = assembler.add(bytes);
        require(added && added->has_value() == (i == header.attachments));
        if (!*added) continue;
        auto const& packet = (*added)->packet();
        require(packet == header && (*added)->attachments.size() == header.attachments);
    }
    require(!assembler.is_pending());
}

void check_packet(std::string_view text) {
    auto packet = decode_packet(text, {});
    if (!packet) {
        require(to_string(packet.error()) != "unknown");
        return;
    }
    require(packet->nsp.starts_with('/') && packet->nsp.find(',') == std::string_view::npos);
    require(inside(packet->payload, text) && inside(packet->raw_name, packet->payload));
    require(inside(packet->args, packet->payload) && (packet->nsp == "/" || inside(packet->nsp, text)));
    require(is_binary(packet->type) == (packet->attachments > 0));
    if (!packet->payload.empty()) require(json_checker::accepts(packet->payload, default_json_depth));
    if (packet->type == packet_type::connect || packet->type == packet_type::disconnect) return;
    check_encoding(*packet);
    if (packet->attachments > 0) check_assembly(*packet, text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view text{reinterpret_cast<char const*>(bytes), size};
    check_packet(text);
    check_json_text(text);
    return 0;
}
