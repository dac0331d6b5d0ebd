#include "socketio/frames.hpp"

#include "socketio/packet_encoder.hpp"

namespace ringback::socketio {
namespace {

constexpr std::size_t envelope_bytes = 40; // digits, brackets and a usual namespace

template <typename Append>
websocket::frame_ptr text_frame(std::size_t expected_bytes, Append&& append) {
    websocket::frame_builder frame{expected_bytes};
    append(frame.out());
    return std::move(frame).finish(websocket::opcode::text);
}

} // namespace

websocket::frame_ptr event_frame(std::string_view nsp, std::string_view event, std::string_view args,
                                 std::optional<std::uint64_t> ack_id, std::uint32_t attachments) {
    return text_frame(envelope_bytes + event.size() + args.size(), [&](std::string& out) {
        if (attachments)
            append_binary_event(out, attachments, nsp, ack_id, event, args);
        else
            append_event(out, nsp, ack_id, event, args);
    });
}

websocket::frame_ptr ack_frame(std::string_view nsp, std::uint64_t ack_id, std::string_view args,
                               std::uint32_t attachments) {
    return text_frame(envelope_bytes + args.size(), [&](std::string& out) {
        if (attachments)
            append_binary_ack(out, attachments, nsp, ack_id, args);
        else
            append_ack(out, nsp, ack_id, args);
    });
}

websocket::frame_ptr connect_frame(std::string_view nsp, std::string_view socket_id) {
    return text_frame(2 * envelope_bytes, [&](std::string& out) { append_connect(out, nsp, socket_id); });
}

websocket::frame_ptr connect_error_frame(std::string_view nsp, std::string_view message, std::string_view data) {
    return text_frame(envelope_bytes + message.size() + data.size(),
                      [&](std::string& out) { append_connect_error(out, nsp, message, data); });
}

websocket::frame_ptr disconnect_frame(std::string_view nsp) {
    return text_frame(envelope_bytes, [&](std::string& out) { append_disconnect(out, nsp); });
}

} // namespace ringback::socketio
