#pragma once

#include <cstdint>
#include <string_view>

namespace ringback::call {

/// How an account shows to others in one realm.
enum class presence : std::uint8_t { offline, online, on_call };

[[nodiscard]] std::string_view to_string(presence p) noexcept; ///< OFFLINE, ONLINE, ON_CALL

enum class reachability : std::uint8_t {
    connected, ///< has a device in the realm
    lingering, ///< its last device there dropped, within the grace
    gone
};

/// Presence is never set, only derived (races.md row 50): ON_CALL while in an ACCEPTED call, whatever its realm; else
/// ONLINE with a device in this realm or within the grace after a drop; else OFFLINE.
[[nodiscard]] constexpr presence derive_presence(bool in_accepted_call, reachability r) noexcept {
    if (in_accepted_call) return presence::on_call;
    return r == reachability::gone ? presence::offline : presence::online;
}

} // namespace ringback::call
