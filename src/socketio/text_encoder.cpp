#include "base/json_text.hpp"
#include "socketio/encoder.hpp"
#include "socketio/packet_encoder.hpp"

namespace ringback::socketio {
namespace {

constexpr std::size_t envelope_bytes = 40; // digits, brackets and a usual namespace

using websocket::compression;

template <typename Append>
websocket::frame_ptr text_frame(std::size_t expected_bytes, Append&& append, compression how = compression::none) {
    websocket::frame_builder frame{expected_bytes};
    append(frame.out());
    return std::move(frame).finish(websocket::opcode::text, how);
}

std::vector<websocket::frame_ptr> frames_of(std::span<std::string const> attachments,
                                            compression how = compression::none) {
    std::vector<websocket::frame_ptr> frames;
    for (std::string const& bytes : attachments)
        frames.push_back(websocket::make_frame(websocket::opcode::binary, bytes, how));
    return frames;
}

class v5_text_encoder : public encoder {
public:
    encoded_packet event(std::string_view nsp, std::string_view name, packet_content const& what,
                         std::optional<std::uint64_t> ack_id, compression how) const final {
        auto n = static_cast<std::uint32_t>(what.attachments.size());
        auto head = text_frame(
            envelope_bytes + name.size() + what.args.size(),
            [&](std::string& out) {
                if (n)
                    append_binary_event(out, n, nsp, ack_id, name, what.args);
                else
                    append_event(out, nsp, ack_id, name, what.args);
            },
            how);
        return {std::move(head), frames_of(what.attachments, how)};
    }

    encoded_packet ack(std::string_view nsp, std::uint64_t ack_id, packet_content const& what) const final {
        auto n = static_cast<std::uint32_t>(what.attachments.size());
        auto head = text_frame(envelope_bytes + what.args.size(), [&](std::string& out) {
            if (n)
                append_binary_ack(out, n, nsp, ack_id, what.args);
            else
                append_ack(out, nsp, ack_id, what.args);
        });
        return {std::move(head), frames_of(what.attachments)};
    }

    encoded_packet connect(std::string_view nsp, std::string_view socket_id,
                           std::optional<std::string_view> pid) const override {
        return {text_frame(2 * envelope_bytes, [&](std::string& out) { append_connect(out, nsp, socket_id, pid); })};
    }

    encoded_packet connect_error(std::string_view nsp, std::string_view message, std::string_view data) const override {
        return {text_frame(envelope_bytes + message.size() + data.size(),
                           [&](std::string& out) { append_connect_error(out, nsp, message, data); })};
    }

    encoded_packet disconnect(std::string_view nsp) const final {
        return {text_frame(envelope_bytes, [&](std::string& out) { append_disconnect(out, nsp); })};
    }
};

// Protocol v4: CONNECT has no payload, and ERROR carries the error's data or else its text.
class v4_text_encoder final : public v5_text_encoder {
public:
    encoded_packet connect(std::string_view nsp, std::string_view, std::optional<std::string_view>) const override {
        return {text_frame(envelope_bytes, [&](std::string& out) { append_legacy_connect(out, nsp); })};
    }

    encoded_packet connect_error(std::string_view nsp, std::string_view message, std::string_view data) const override {
        return {text_frame(envelope_bytes + message.size() + data.size(),
                           [&](std::string& out) { append_legacy_error(out, nsp, message, data); })};
    }
};

} // namespace

encoder const& text_encoder() noexcept {
    static v5_text_encoder const only;
    return only;
}

encoder const& legacy_text_encoder() noexcept {
    static v4_text_encoder const only;
    return only;
}

} // namespace ringback::socketio
