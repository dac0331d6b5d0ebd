#pragma once

#include "base/clock.hpp"
#include "ports/call_store.hpp"
#include "store/sql/steps.hpp"

#include <string>

namespace ringback::store {

/// How long what a lost server left is good.
struct inheritance_terms {
    wall_time untold_until{};   ///< who is told of a call that was RINGING
    wall_time sessions_until{}; ///< session tokens
};

/// Takes over from a server that is gone, within the open transaction (contract section 6, promise 3): its RINGING
/// calls become MISSED with `server_lost`, at the moment at which it was last known to be alive, and for its ACCEPTED
/// ones that moment is kept. Stamps `now` as alive. Throws what SQL throws.
[[nodiscard]] ports::inheritance take_over(tables& in, wall_time now, inheritance_terms const& terms,
                                           std::string const& node);

} // namespace ringback::store
