#pragma once

#include "websocket/errc.hpp"
#include "websocket/frame.hpp"
#include "websocket/unmask.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace ringback::websocket {

inline constexpr std::size_t max_client_header_bytes = 14;

/// What decides whether a header is legal at its place in the stream.
struct header_context {
    bool in_message = false;      ///< a fragmented message waits for its continuation
    bool allow_rsv1 = false;      ///< on the first frame of a message
    std::uint64_t room_bytes = 0; ///< what the message may still grow by
};

/// The header of a frame from a client.
struct client_header {
    std::size_t size = 0; ///< of the header itself, as far as the bytes told; the rest is set only when all are there
    opcode op{};
    bool last = false; ///< FIN
    bool rsv1 = false;
    masking_key key{};
    std::uint64_t payload_bytes = 0;

    [[nodiscard]] bool begins_message() const noexcept { return op == opcode::text || op == opcode::binary; }
};

/// Reads the header at the start of `bytes`; it is complete when its size is at most theirs. Rules are applied in the
/// order of the bytes that they need, so that of two violations the same one is reported however the header was cut.
[[nodiscard]] std::expected<client_header, errc> parse_client_header(std::span<char const> bytes,
                                                                     header_context const& context) noexcept;

} // namespace ringback::websocket
