#include "socketio/encoder.hpp"
#include "socketio/msgpack_packet.hpp"

namespace ringback::socketio {
namespace {

constexpr std::size_t envelope_bytes = 48; // the keys of the map and a usual namespace

using websocket::compression;

template <typename Append>
encoded_packet binary_frame(std::size_t expected_bytes, Append&& append, compression how = compression::none) {
    websocket::frame_builder frame{expected_bytes};
    append(frame.out());
    return {std::move(frame).finish(websocket::opcode::binary, how)};
}

std::size_t bytes_of(packet_content const& what) {
    std::size_t bytes = envelope_bytes + what.args.size();
    for (std::string const& a : what.attachments)
        bytes += a.size();
    return bytes;
}

class msgpack_packet_encoder final : public encoder {
public:
    encoded_packet event(std::string_view nsp, std::string_view name, packet_content const& what,
                         std::optional<std::uint64_t> ack_id, compression how) const override {
        return binary_frame(
            name.size() + bytes_of(what),
            [&](std::string& out) { append_msgpack_event(out, nsp, name, what.args, ack_id, what.attachments); }, how);
    }

    encoded_packet ack(std::string_view nsp, std::uint64_t ack_id, packet_content const& what) const override {
        return binary_frame(bytes_of(what), [&](std::string& out) {
            append_msgpack_ack(out, nsp, ack_id, what.args, what.attachments);
        });
    }

    encoded_packet connect(std::string_view nsp, std::string_view socket_id,
                           std::optional<std::string_view> pid) const override {
        return binary_frame(2 * envelope_bytes,
                            [&](std::string& out) { append_msgpack_connect(out, nsp, socket_id, pid); });
    }

    encoded_packet connect_error(std::string_view nsp, std::string_view message, std::string_view data) const override {
        return binary_frame(envelope_bytes + message.size() + data.size(),
                            [&](std::string& out) { append_msgpack_connect_error(out, nsp, message, data); });
    }

    encoded_packet disconnect(std::string_view nsp) const override {
        return binary_frame(envelope_bytes, [&](std::string& out) { append_msgpack_disconnect(out, nsp); });
    }
};

} // namespace

encoder const& msgpack_encoder() noexcept {
    static msgpack_packet_encoder const only;
    return only;
}

} // namespace ringback::socketio
