#pragma once

#include "base/clock.hpp"
#include "ports/call_store.hpp"
#include "store/sql/steps.hpp"

#include <string>
#include <vector>

namespace ringback::store {

/// Ends the calls that a server which is gone left active, within the open transaction: RINGING becomes MISSED,
/// ACCEPTED becomes COMPLETED, both `server_lost` (contract section 6, promise 3). They end when that server was last
/// known to be alive, and are billed up to there by the wall clock: its monotonic clock is gone. Stamps `now` as alive.
/// Returns the calls as they are afterwards. Throws what SQL throws.
[[nodiscard]] std::vector<ports::stored_call> end_orphans(tables& in, wall_time now, std::string const& node);

} // namespace ringback::store
