#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Each function appends one MessagePack value, or the head of one, to `out`, in the bytes that notepack, the encoder
/// of `socket.io-msgpack-parser`, writes for the same value: integers in their shortest form, other numbers as
/// float 64, strings and binary with lengths of 8, 16 or 32 bits (socketio.md B6).

namespace ringback::socketio {

void append_msgpack_string(std::string& out, std::string_view utf8);
void append_msgpack_binary(std::string& out, std::string_view bytes);
void append_msgpack_unsigned(std::string& out, std::uint64_t value);
void append_msgpack_array_head(std::string& out, std::size_t items);
void append_msgpack_map_head(std::string& out, std::size_t pairs);

/// One value, which is valid JSON of any depth. A number that JavaScript would call an integer is written as one; a
/// placeholder that names one of `attachments` as binary, another one as the object that it is; an escaped lone
/// surrogate as U+FFFD.
void append_msgpack_json(std::string& out, std::string_view raw, std::span<std::string const> attachments = {});

/// An array of `name`, when there is one, and of `raw_items`: JSON values with commas between them, or nothing.
void append_msgpack_event_array(std::string& out, std::string_view name, std::string_view raw_items,
                                std::span<std::string const> attachments);
void append_msgpack_array(std::string& out, std::string_view raw_items, std::span<std::string const> attachments);

} // namespace ringback::socketio
