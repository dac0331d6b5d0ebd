#pragma once

#include "base/ids.hpp"

#include <string>
#include <vector>

namespace ringback::socketio {

/// Who receives a broadcast in a namespace: the members of any of `rooms` (everyone when it is empty) who are in none
/// of `except`. Each socket receives it once. The id of a socket is also the name of a room that holds it alone.
struct audience {
    std::vector<std::string> rooms;
    std::vector<std::string> except;
};

} // namespace ringback::socketio
