// Feeds one binary message to the decoder of MessagePack packets, and reads it as JSON for the encoder. Promises:
// nothing throws; what was decoded is what the default parser would let pass, with every placeholder in place; and it
// encodes to bytes that decode to the same.

#include "socketio/binary_placeholders.hpp"
#include "socketio/json_scan.hpp"
#include "socketio/msgpack_packet.hpp"
#include "socketio/msgpack_writer.hpp"
#include "websocket/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

using namespace ringback::socketio;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

std::string encoded(binary_packet const& packet) {
    auto const& view = packet.packet();
    std::string out, scratch;
    switch (view.type) {
    case packet_type::event:
    case packet_type::binary_event:
        append_msgpack_event(out, view.nsp, event_name(view, scratch), view.args, view.ack_id, packet.attachments);
        break;
    case packet_type::ack:
    case packet_type::binary_ack:
        append_msgpack_ack(out, view.nsp, view.ack_id.value_or(0), view.args, packet.attachments);
        break;
    case packet_type::disconnect: append_msgpack_disconnect(out, view.nsp); break;
    default: append_msgpack_connect(out, view.nsp, "sid");
    }
    return out;
}

void check_rules(binary_packet const& packet) {
    auto const& view = packet.packet();
    require(packet.is_complete() && packet.attachments.size() == view.attachments);
    require(is_binary(view.type) == (view.attachments > 0));
    if (view.payload.empty()) return;
    require(check_json(view.payload).has_value());
    require(view.attachments == 0 || placeholders_fit(view.payload, view.attachments));
}

// A number may lose digits on its first way, when it has more than a double holds; an object that only looks like a
// placeholder becomes the attachment that it names. So the second way has to change nothing.
void check_encoding(binary_packet const& packet, decode_limits const& limits) {
    auto once = decode_msgpack(encoded(packet), limits);
    if (!once) {
        // An attachment that is named often weighs each time.
        require(once.error() == errc::too_large);
        return;
    }
    check_rules(*once);
    require(once->packet().nsp == packet.packet().nsp);
    auto twice = decode_msgpack(encoded(*once), limits);
    require(twice.has_value() && twice->packet() == once->packet() && twice->attachments == once->attachments);
}

// Infinity and lone surrogates change on the first way, nothing on the second.
void check_json_text(std::string_view text) {
    if (!check_json(text, max_json_depth) || !ringback::websocket::is_utf8(text)) return;
    std::string json{text}, bytes;
    for (int way = 0; way < 3; ++way) {
        std::string before = std::exchange(bytes, {});
        append_msgpack_ack(bytes, "/", 1, json);
        require(way < 2 || bytes == before);
        auto packet = decode_msgpack(bytes, {.max_depth = max_json_depth});
        if (!packet) {
            require(packet.error() == errc::too_deep || packet.error() == errc::too_large);
            return;
        }
        json = packet->packet().args;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view text{reinterpret_cast<char const*>(bytes), size};
    decode_limits limits{.max_binary_bytes = 100'000};
    auto packet = decode_msgpack(text, limits);
    if (packet) {
        check_rules(*packet);
        check_encoding(*packet, limits);
    } else {
        require(to_string(packet.error()) != "unknown");
    }
    check_json_text(text);
    return 0;
}
