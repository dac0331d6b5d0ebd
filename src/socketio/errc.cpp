#include "socketio/errc.hpp"

namespace ringback::socketio {

std::string_view to_string(errc code) noexcept {
    switch (code) {
    case errc::empty_packet: return "empty_packet";
    case errc::unknown_type: return "unknown_type";
    case errc::not_for_clients: return "not_for_clients";
    case errc::bad_attachment_count: return "bad_attachment_count";
    case errc::bad_ack_id: return "bad_ack_id";
    case errc::bad_json: return "bad_json";
    case errc::too_deep: return "too_deep";
    case errc::bad_payload: return "bad_payload";
    case errc::bad_event_name: return "bad_event_name";
    case errc::unexpected_text: return "unexpected_text";
    case errc::unexpected_binary: return "unexpected_binary";
    case errc::bad_placeholder: return "bad_placeholder";
    case errc::too_large: return "too_large";
    case errc::bad_msgpack: return "bad_msgpack";
    }
    return "unknown";
}

} // namespace ringback::socketio
