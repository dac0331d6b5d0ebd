#pragma once

#include "engineio/session_machine.hpp"

#include <string_view>

namespace ringback::socketio {

/// Why a socket left its namespace. The first two are Socket.IO's own; the rest come from the transport below.
struct disconnect_reason {
    enum class origin { client_namespace, server_namespace, transport };

    origin from = origin::transport;
    engineio::close_reason transport{}; ///< meaningful when `from` is transport

    /// The reference's text: "client namespace disconnect", "ping timeout", …
    [[nodiscard]] std::string_view text() const noexcept;
};

} // namespace ringback::socketio
