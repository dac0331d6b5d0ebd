#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringback::engineio {

/// What a peer can get wrong in the bytes it sends.
enum class errc : std::uint8_t {
    empty_packet,        ///< not even a type digit; an empty POST body is one empty packet
    unknown_packet_type, ///< the first byte is no digit from 0 to 6
    bad_base64,          ///< the text behind `b` is not base64
    bad_length,          ///< of a packet in a v3 payload: missing, no number, or not where a packet ends
    foreign_path,        ///< the request target is not below the engine's path: not ours to answer
};

/// The `code` of a refused request: the numbers of the protocol, which clients and their tests compare.
enum class refusal_code : std::uint8_t {
    unknown_transport = 0,
    unknown_sid = 1,
    bad_handshake_method = 2,
    bad_request = 3,
    forbidden = 4,
    unsupported_protocol_version = 5,
};

/// Which check of several with the same code failed. For logs and metrics, never on the wire.
enum class refusal_context : std::uint8_t {
    none,
    transport_handshake_error, ///< `transport=websocket` without an upgrade, or an upgrade with `transport=polling`
    invalid_origin,            ///< a byte in `Origin` that no header may hold
    transport_mismatch,        ///< a poll of a session that has moved to WebSocket, or the like
    protocol_mismatch,         ///< another EIO than the session was opened with
    id_generation_error,       ///< the application's id generator failed
    middleware_failure,        ///< the application's HTTP hook failed
};

/// Why a request is not served.
struct refusal {
    refusal_code code = refusal_code::bad_request;
    refusal_context context = refusal_context::none;

    friend bool operator==(refusal const&, refusal const&) = default;
};

/// An answer that refuses, complete but for what every answer carries (Content-Length, CORS headers).
struct wire_error {
    unsigned status = 400;
    std::string_view content_type; ///< static storage
    std::string body;

    friend bool operator==(wire_error const&, wire_error const&) = default;
};

/// The protocol's text for a code, with static storage.
[[nodiscard]] std::string_view message_of(refusal_code code) noexcept;
/// The context as the reference server names it, `TRANSPORT_MISMATCH`; empty for none. Static storage.
[[nodiscard]] std::string_view to_string(refusal_context context) noexcept;

/// The answer to a plain HTTP request: `{"code":N,"message":"…"}`. `forbidden_text` replaces the message of code 4
/// (the application's own words) and is ignored with every other code.
[[nodiscard]] wire_error http_error(refusal why, std::string_view forbidden_text = {});

/// The answer to a refused WebSocket upgrade: always 400 with the bare text, to be sent with `Connection: close`.
[[nodiscard]] wire_error upgrade_error(refusal why, std::string_view forbidden_text = {});

} // namespace ringback::engineio
