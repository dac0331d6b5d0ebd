#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ringback::engineio {

/// How packets travel. WebTransport is not served.
enum class transport_kind : std::uint8_t { polling, websocket };

/// The name in the query and in `upgrades`.
[[nodiscard]] constexpr std::string_view to_string(transport_kind kind) noexcept {
    return kind == transport_kind::polling ? "polling" : "websocket";
}

/// nullopt for every name but the two above.
[[nodiscard]] constexpr std::optional<transport_kind> transport_from(std::string_view name) noexcept {
    if (name == "polling") return transport_kind::polling;
    if (name == "websocket") return transport_kind::websocket;
    return std::nullopt;
}

/// The transports that a server offers.
struct transport_set {
    bool polling = true;
    bool websocket = true;

    [[nodiscard]] constexpr bool contains(transport_kind kind) const noexcept {
        return kind == transport_kind::polling ? polling : websocket;
    }
    friend bool operator==(transport_set const&, transport_set const&) = default;
};

/// Engine.IO's own version, the query key `EIO`. v3 is what Socket.IO 2.x clients speak: there the client pings.
enum class protocol_revision : std::uint8_t { v3 = 3, v4 = 4 };

} // namespace ringback::engineio
