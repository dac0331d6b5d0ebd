#pragma once

#include "bus/redis/cluster_message.hpp"
#include "socketio/broadcast.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// The payloads of `@socket.io/redis-adapter` 8 and `@socket.io/redis-emitter` 5 (socketio.md B1, B2). `uid` is the
/// node that writes, `id` what answers name. The readers give nullopt for what is no message of theirs; junk on the
/// same channel, and messages of other adapters, are nothing to complain about.

namespace ringback::bus::classic {

/// MessagePack of `[uid, packet, options]`.
[[nodiscard]] std::string encode_broadcast(std::string_view uid, socketio::broadcast const& what);
[[nodiscard]] std::optional<cluster_request> decode_broadcast(std::string_view bytes, message_limits const& limits);
/// The uid of a broadcast, without a look at the rest; empty when there is none.
[[nodiscard]] std::string_view uid_of_broadcast(std::string_view bytes);

// Requests: of type 7 in MessagePack, all others in JSON.
[[nodiscard]] std::string encode_ask(std::string_view uid, std::string_view id, socketio::broadcast const& what,
                                     std::chrono::milliseconds timeout);
[[nodiscard]] std::string encode_change(std::string_view uid, socketio::audience_change const& what);
[[nodiscard]] std::string encode_fetch(std::string_view uid, std::string_view id, socketio::audience const& of);
/// Without `id` when that is empty: no answer is wanted.
[[nodiscard]] std::string encode_server_event(std::string_view uid, std::string_view id, std::string_view name,
                                              std::string_view args);
/// `nsp` is that of the channel.
[[nodiscard]] std::optional<cluster_request> decode_request(std::string_view nsp, std::string_view bytes,
                                                            message_limits const& limits);

[[nodiscard]] std::string encode_answer(cluster_answer const& what);
[[nodiscard]] std::optional<cluster_answer> decode_answer(std::string_view bytes, message_limits const& limits);

} // namespace ringback::bus::classic
