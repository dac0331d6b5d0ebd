#pragma once

#include "base/ids.hpp"
#include "socketio/nsp.hpp"

#include <string>
#include <string_view>

/// What of a device outlives its transport with connection state recovery (`engine.recovery_window`): the library
/// brings back its id, its rooms and its data, and these say whose it was. The checks of contract section 2 have been
/// made again by then.
namespace ringback::gateway {

/// A socket is recovered only for the account that it had.
void recover_own_devices(socketio::nsp& where);

/// Marks the socket as this account's, for when it is lost.
void mark_for_recovery(socketio::socket& s, account_id const& account);

/// The socket that this one continues; null when it continues none.
[[nodiscard]] socket_ref predecessor(socketio::socket& s);

/// Leaves the rooms of calls: the call decides whether the device is still one of its owners. Afterwards `watched` is
/// again what its rooms say.
void settle_rooms(socketio::socket& s);

} // namespace ringback::gateway
