#pragma once

#include "websocket/shared_frame.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ringback::socketio {

/// Encodes packets once, ready for every transport. `args` is raw JSON: the arguments separated by commas, or empty.
/// With `attachments` it is the header of a binary packet, which that many binary frames have to follow.
[[nodiscard]] websocket::frame_ptr event_frame(std::string_view nsp, std::string_view event, std::string_view args,
                                               std::optional<std::uint64_t> ack_id = std::nullopt,
                                               std::uint32_t attachments = 0);
[[nodiscard]] websocket::frame_ptr ack_frame(std::string_view nsp, std::uint64_t ack_id, std::string_view args,
                                             std::uint32_t attachments = 0);
[[nodiscard]] websocket::frame_ptr connect_frame(std::string_view nsp, std::string_view socket_id);
/// `data`: raw JSON, or empty for none.
[[nodiscard]] websocket::frame_ptr connect_error_frame(std::string_view nsp, std::string_view message,
                                                       std::string_view data);
[[nodiscard]] websocket::frame_ptr disconnect_frame(std::string_view nsp);

} // namespace ringback::socketio
