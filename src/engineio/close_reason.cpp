#include "engineio/close_reason.hpp"

namespace ringback::engineio {

std::string_view to_string(close_reason reason) noexcept {
    switch (reason) {
    case close_reason::transport_error: return "transport error";
    case close_reason::transport_close:
    case close_reason::peer_closed: return "transport close";
    case close_reason::ping_timeout: return "ping timeout";
    case close_reason::parse_error: return "parse error";
    case close_reason::forced_close: return "forced close";
    case close_reason::forced_server_close: return "forced server close";
    case close_reason::server_shutting_down: return "server shutting down";
    }
    return "";
}

std::string_view parked_poll_body(close_reason reason) noexcept {
    return reason == close_reason::peer_closed ? "6" : "1";
}

} // namespace ringback::engineio
