#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Each function appends one whole Engine.IO text message, its `4` included, to `out`. Arguments called raw are valid
/// JSON and go out as they are. `nsp` starts with a slash and holds no comma; `/` is left out on the wire.
///
/// Raw arguments are single values or several with commas between them, as packet_view::args has them; an empty one
/// is left out. A binary packet's placeholders stand in its raw arguments, and its attachments follow as binary
/// messages, at most 10 for clients with their default settings.

namespace ringback::socketio {

/// `40/nsp,{"sid":"…","pid":"…"}`; `pid` only when connection state recovery is on.
void append_connect(std::string& out, std::string_view nsp, std::string_view sid,
                    std::optional<std::string_view> pid = std::nullopt);

/// `44/nsp,{"message":"…","data":…}`; without `data` when `raw_data` is empty.
void append_connect_error(std::string& out, std::string_view nsp, std::string_view message,
                          std::string_view raw_data = {});

/// `40/nsp,`: CONNECT as protocol v4 and older have it.
void append_legacy_connect(std::string& out, std::string_view nsp);

/// `44/nsp,"…"`: ERROR of protocol v4 and older, with the raw data or else the message as its payload.
void append_legacy_error(std::string& out, std::string_view nsp, std::string_view message,
                         std::string_view raw_data = {});

/// `41/nsp,`
void append_disconnect(std::string& out, std::string_view nsp);

namespace detail {
void open_event(std::string& out, std::uint32_t attachments, std::string_view nsp, std::optional<std::uint64_t> ack_id,
                std::string_view name);
void open_ack(std::string& out, std::uint32_t attachments, std::string_view nsp, std::uint64_t ack_id);
/// `out` ends with `[` or with an item.
void append_items(std::string& out, std::string_view raw);
} // namespace detail

/// `42/nsp,7["name",…]`; with an `ack_id` the client is asked for an acknowledgement.
template <std::convertible_to<std::string_view>... Raw>
void append_event(std::string& out, std::string_view nsp, std::optional<std::uint64_t> ack_id, std::string_view name,
                  Raw const&... raw_args) {
    detail::open_event(out, 0, nsp, ack_id, name);
    (detail::append_items(out, raw_args), ...);
    out += ']';
}

/// `452-/nsp,7["name",…]`; `attachments` is at least 1.
template <std::convertible_to<std::string_view>... Raw>
void append_binary_event(std::string& out, std::uint32_t attachments, std::string_view nsp,
                         std::optional<std::uint64_t> ack_id, std::string_view name, Raw const&... raw_args) {
    detail::open_event(out, attachments, nsp, ack_id, name);
    (detail::append_items(out, raw_args), ...);
    out += ']';
}

/// `43/nsp,7[…]`
template <std::convertible_to<std::string_view>... Raw>
void append_ack(std::string& out, std::string_view nsp, std::uint64_t ack_id, Raw const&... raw_args) {
    detail::open_ack(out, 0, nsp, ack_id);
    (detail::append_items(out, raw_args), ...);
    out += ']';
}

/// `461-/nsp,7[…]`; `attachments` is at least 1.
template <std::convertible_to<std::string_view>... Raw>
void append_binary_ack(std::string& out, std::uint32_t attachments, std::string_view nsp, std::uint64_t ack_id,
                       Raw const&... raw_args) {
    detail::open_ack(out, attachments, nsp, ack_id);
    (detail::append_items(out, raw_args), ...);
    out += ']';
}

} // namespace ringback::socketio
