#pragma once

#include <string>
#include <string_view>

/// The header fields of the opening handshake, RFC 6455 section 4.2. Values come without surrounding white space, as
/// an HTTP parser hands them out.
namespace ringback::websocket {

/// Also what `Sec-WebSocket-Version` of a refusal has to say (section 4.4).
inline constexpr std::string_view supported_version = "13";
[[nodiscard]] constexpr bool is_supported_version(std::string_view sec_websocket_version) noexcept {
    return sec_websocket_version == supported_version;
}

/// Whether the value of `Sec-WebSocket-Key` is the base64 form of 16 bytes.
[[nodiscard]] bool is_valid_key(std::string_view sec_websocket_key);

/// The `Sec-WebSocket-Accept` that answers a key. Throws std::runtime_error when OpenSSL cannot hash.
[[nodiscard]] std::string accept_key(std::string_view sec_websocket_key);

/// The first protocol offered by `Sec-WebSocket-Protocol`, the one to echo: clients of Socket.IO fail the connection
/// when they offered some and none comes back. Empty when none was offered or the first is not a token, which must not
/// be echoed. The view is into `sec_websocket_protocol`.
[[nodiscard]] std::string_view first_protocol(std::string_view sec_websocket_protocol) noexcept;

} // namespace ringback::websocket
