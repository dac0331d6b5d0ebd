#pragma once

#include "gateway/account_directory.hpp"
#include "gateway/station_message.hpp"

namespace ringback::gateway {

class station;

/// Makes what an ADMIN has written of an account true for its connections, on all nodes (contract, section 2): a
/// suspended account loses its call (`account_suspended`) and then its sockets; one that may not be where it is any
/// more, because its approval was revoked or its role is another, loses them when it is in no call. `who` is what the
/// directory has by now, so that nobody comes in with what was before.
void enforce(station& here, account_ptr const& who);
/// Looks at the devices of the account on all nodes, with what the store has of it now: where its call has its home
/// nothing may be known yet of what another node has written.
void tell_of_change(station& here, account_id const& who);
/// Another node has written the account.
void notice_change(station& here, changed_account const& news);

/// The coins of an account were moved: a prepaid call that it pays for lasts as long as the balance of now.
void tell_balance_changed(station& here, account_id const& who);

} // namespace ringback::gateway
