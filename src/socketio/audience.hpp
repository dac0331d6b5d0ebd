#pragma once

#include "base/ids.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace ringback::socketio {

/// Who receives a broadcast in a namespace: the members of any of `rooms` (everyone when it is empty) who are in none
/// of `except`. Each socket receives it once. The id of a socket is also the name of a room that holds it alone.
struct audience {
    std::vector<std::string> rooms;
    std::vector<std::string> except;
};

/// Whether a socket in `rooms`, its own among them, is of the audience.
[[nodiscard]] inline bool is_in(audience const& to, std::span<std::string const> rooms) {
    auto is_mine = [&](std::string const& room) { return std::ranges::find(rooms, room) != rooms.end(); };
    if (std::ranges::any_of(to.except, is_mine)) return false;
    return to.rooms.empty() || std::ranges::any_of(to.rooms, is_mine);
}

} // namespace ringback::socketio
