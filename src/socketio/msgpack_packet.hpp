#pragma once

#include "socketio/binary_assembler.hpp"
#include "socketio/errc.hpp"
#include "socketio/packet.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The packets of `socket.io-msgpack-parser` (socketio.md A12): each is one Engine.IO binary message, a MessagePack map
/// of `type`, `nsp`, `data` and perhaps `id`. Types 5 and 6 do not exist, as binary lies inside `data`. Handlers see
/// what they see with the default parser: raw JSON and attachments.

namespace ringback::socketio {

/// Decodes a binary message and holds it to every rule that decode_packet has, beside those of MessagePack. A packet
/// with binary in it becomes a binary_event or binary_ack, whole; binary in CONNECT is refused, as no handler could
/// read it. How many attachments there are is limited by what they weigh, `limits.max_binary_bytes`, not by
/// `limits.max_attachments`: they all come in the one message, so nobody waits for any.
///
/// nil counts as no `id`, and as no `data` in DISCONNECT, as Python's client writes it. Of equal keys the last counts;
/// unknown ones (`options`) are ignored. bad_msgpack, besides the errors of decode_packet; a `nsp` that the default
/// parser could not carry is a bad_payload. Never throws but std::bad_alloc.
[[nodiscard]] std::expected<binary_packet, errc> decode_msgpack(std::string_view bytes, decode_limits const& limits);

/// These append one whole binary message. `raw_args` is JSON values with commas between them, or nothing; placeholders
/// in it name `attachments`, which the message holds itself.
void append_msgpack_event(std::string& out, std::string_view nsp, std::string_view name, std::string_view raw_args,
                          std::optional<std::uint64_t> ack_id = std::nullopt,
                          std::span<std::string const> attachments = {});
void append_msgpack_ack(std::string& out, std::string_view nsp, std::uint64_t ack_id, std::string_view raw_args,
                        std::span<std::string const> attachments = {});
/// `pid` only when connection state recovery is on.
void append_msgpack_connect(std::string& out, std::string_view nsp, std::string_view sid,
                            std::optional<std::string_view> pid = std::nullopt);
/// Without `data` when `raw_data` is empty.
void append_msgpack_connect_error(std::string& out, std::string_view nsp, std::string_view message,
                                  std::string_view raw_data = {});
void append_msgpack_disconnect(std::string& out, std::string_view nsp);

} // namespace ringback::socketio
