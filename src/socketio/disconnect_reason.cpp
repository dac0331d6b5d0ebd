#include "socketio/disconnect_reason.hpp"

namespace ringback::socketio {

std::string_view disconnect_reason::text() const noexcept {
    switch (from) {
    case origin::client_namespace: return "client namespace disconnect";
    case origin::server_namespace: return "server namespace disconnect";
    case origin::transport: break;
    }
    return engineio::to_string(transport);
}

} // namespace ringback::socketio
