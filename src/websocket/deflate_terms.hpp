#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The negotiation of permessage-deflate (RFC 7692 section 7.1): two header values, no I/O.

namespace ringback::websocket {

/// The least window that zlib can compress with; RFC 7692 knows 8, too.
inline constexpr std::uint8_t min_deflate_window_bits = 9;
inline constexpr std::uint8_t max_deflate_window_bits = 15;

/// What a server offers. The server itself never takes context over from one message to the next: then one compressed
/// frame serves all receivers, and a connection that is idle holds no compressor.
struct deflate_config {
    std::uint32_t threshold_bytes = 1024; ///< smaller messages leave as they are
    int level = 6;                        ///< of zlib, 1 to 9
    /// The greatest windows, 9 to 15: what is sent, and what clients that let us choose are asked to send.
    std::uint8_t server_window_bits = max_deflate_window_bits;
    std::uint8_t client_window_bits = max_deflate_window_bits;
    /// Lets clients refer to their former messages: smaller messages from them, for about 40 kB for each connection
    /// that has sent a compressed one.
    bool client_context_takeover = false;
};

/// What a connection has agreed on.
struct deflate_terms {
    std::uint8_t server_window_bits = max_deflate_window_bits;
    std::uint8_t client_window_bits = max_deflate_window_bits;
    bool client_context_takeover = false;
    /// Whether the answer names the windows: they are named only to who asked.
    bool names_server_window = false;
    bool names_client_window = false;

    friend bool operator==(deflate_terms const&, deflate_terms const&) = default;
};

/// Picks the first of the offers in `Sec-WebSocket-Extensions` that the server can meet. nullopt when there is none:
/// other extensions, a parameter that is unknown, repeated or has a wrong value, or a window of 8 bits for the server,
/// which zlib has not.
[[nodiscard]] std::optional<deflate_terms> accept_deflate(std::string_view sec_websocket_extensions,
                                                          deflate_config const& config);

/// The `Sec-WebSocket-Extensions` that accepts.
[[nodiscard]] std::string to_header(deflate_terms const& terms);

} // namespace ringback::websocket
