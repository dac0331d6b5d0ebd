#pragma once

#include "bus/redis/cluster_message.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The parts that the messages of all adapters have in common, as raw JSON. What other nodes write is read with
/// suspicion: each reader gives nullopt for what is not of the kind that it has to be, and none throws.

namespace ringback::bus {

/// A whole message as one JSON value, its binary parts apart.
struct json_message {
    std::string text;
    std::vector<std::string> attachments;
};

/// Reads JSON when the bytes begin with `{`, else MessagePack: how all of Node's adapters tell the two apart.
[[nodiscard]] std::optional<json_message> read_message(std::string_view bytes, message_limits const& limits);

/// The member of an object; empty when there is none.
[[nodiscard]] std::string_view member(std::string_view object, std::string_view name);

/// A string; of a number its digits, as Node takes them for rooms and ids.
[[nodiscard]] std::optional<std::string> text_of(std::string_view raw);
/// An array of such texts. Nothing at all counts as an empty one.
[[nodiscard]] std::optional<std::vector<std::string>> texts_of(std::string_view raw);
/// `{rooms, except}`.
[[nodiscard]] std::optional<socketio::audience> audience_of(std::string_view raw_options);
/// `{volatile, compress}`, of the options' member `flags`.
[[nodiscard]] socketio::emit_flags flags_of(std::string_view raw_options);
/// `[name, …]` with the attachments of its placeholders: sets name and content. False when it is no event.
[[nodiscard]] bool read_event(std::string_view raw_array, std::vector<std::string> attachments, std::string& name,
                              socketio::owned_content& content);
/// One raw value, or none, with the attachments of its placeholders.
[[nodiscard]] socketio::owned_content content_of(std::string_view raw, std::vector<std::string> attachments);

void append_texts(std::string& out, std::vector<std::string> const& texts);
/// `"rooms":[…],"except":[…]`
void append_audience(std::string& out, socketio::audience const& of);
/// `["name",…]`
void append_event_array(std::string& out, std::string_view name, std::string_view raw_args);

/// A socket as Node's fetchSockets() shows it: `{id, handshake, rooms, data}`.
void append_socket(std::string& out, socketio::socket_description const& s);
void append_sockets(std::string& out, std::vector<socketio::socket_description> const& sockets);
[[nodiscard]] std::optional<socketio::socket_description> socket_of(std::string_view raw);
/// Of an array; those in it that are none are left out.
[[nodiscard]] std::vector<socketio::socket_description> sockets_of(std::string_view raw);

} // namespace ringback::bus
