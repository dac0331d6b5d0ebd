#include "call/presence.hpp"

namespace ringback::call {

std::string_view to_string(presence p) noexcept {
    switch (p) {
    case presence::on_call: return "ON_CALL";
    case presence::online: return "ONLINE";
    case presence::offline: break;
    }
    return "OFFLINE";
}

} // namespace ringback::call
