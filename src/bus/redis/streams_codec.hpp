#pragma once

#include "bus/redis/cluster_message.hpp"
#include "socketio/broadcast.hpp"
#include "socketio/recovery.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What `@socket.io/redis-streams-adapter` 0.3 writes (socketio.md B3, B4): the messages of Node's cluster adapters, as
/// entries of a stream, or as MessagePack on a channel when they are of the moment. Those of 0.2, all of which are
/// entries, are read too. The readers give nullopt for what is no message of theirs.

namespace ringback::bus::streams {

/// The numbers of Node's MessageType that are used here.
enum class message_type : std::uint8_t {
    broadcast = 3,
    join,
    leave,
    disconnect,
    fetch,
    sockets,
    server_event,
    server_answer,
    client_count,
    client_ack
};

/// A message with its data, which is JSON with placeholders for `attachments`.
struct message {
    message_type type = message_type::broadcast;
    std::string data;
    std::span<std::string const> attachments{};
};

[[nodiscard]] message broadcast_message(socketio::broadcast const& what);
/// `timeout`: of the acknowledgements.
[[nodiscard]] message ask_message(socketio::broadcast const& what, std::string_view id,
                                  std::chrono::milliseconds timeout);
[[nodiscard]] message change_message_of(socketio::audience_change const& what);
[[nodiscard]] message fetch_message_of(socketio::audience const& of, std::string_view id);
/// Without `id` when that is empty: no answer is wanted.
[[nodiscard]] message server_message_of(std::string_view name, std::string_view args, std::string_view id);
[[nodiscard]] message answer_message(cluster_answer const& what);

/// MessagePack of `{type, data, uid, nsp}`.
[[nodiscard]] std::string encode_publication(std::string_view uid, std::string_view nsp, message const& what);
/// An entry's field `data`: JSON, or base64 of MessagePack when there is binary in it.
[[nodiscard]] std::string encode_data(message const& what);

using decoded = std::variant<cluster_request, cluster_answer>;
[[nodiscard]] std::optional<decoded> decode_publication(std::string_view bytes, message_limits const& limits);
/// Of the entry's fields.
[[nodiscard]] std::optional<decoded> decode_entry(std::string_view uid, std::string_view nsp, std::string_view type,
                                                  std::string_view data, message_limits const& limits);

/// A session as `sio:session:<pid>` holds it: base64 of MessagePack of `{sid, pid, rooms, data}`, the socket's own room
/// among `rooms`. Beside what Node writes there are `nsp`, which no other may continue, and `since`, the offset from
/// which on its client may have missed something if it never got one. Of Node's sessions both are empty.
[[nodiscard]] std::string encode_session(socketio::lost_session const& s);
[[nodiscard]] std::optional<socketio::lost_session> decode_session(std::string_view text, message_limits const& limits);

} // namespace ringback::bus::streams
