#pragma once

#include "base/ids.hpp"

#include <string>
#include <string_view>

/// The names of the rooms. Those of accounts and calls are public: a backend may emit to them.
namespace ringback::gateway {

[[nodiscard]] inline std::string account_room(account_id const& id) { return "account:" + id.text(); }
inline constexpr std::string_view call_room_prefix = "call:";
[[nodiscard]] inline std::string call_room(call_id const& id) {
    return std::string{call_room_prefix}.append(id.text());
}

/// The sockets of `/admin` that watch every call.
inline constexpr std::string_view calls_room = "calls";

/// The sockets of `/` that take part.
inline constexpr std::string_view peers_room = "peers";

/// The sockets of `/user` that want every telecaller's presence, and those that want this one's.
inline constexpr std::string_view presence_room = "presence";
inline constexpr std::string_view presence_room_prefix = "presence:";
[[nodiscard]] inline std::string presence_room_of(std::string_view telecaller) {
    return std::string{presence_room_prefix}.append(telecaller);
}

} // namespace ringback::gateway
