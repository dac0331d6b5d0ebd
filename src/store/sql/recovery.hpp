#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "ports/cluster_store.hpp"
#include "store/sql/steps.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The take-over of lost servers (contract section 6, promise 3), in steps of one transaction each. The first keeps
/// them out; the others work on what lost nodes have left to this one (`tables::node`), or, for a server without a
/// cluster, on all that is there, and find less to do when they are repeated. They throw what SQL throws.
namespace ringback::store {

/// Who has `number` now, as node_rows::take(). Without a cluster everybody else is lost, and `number` means nothing.
[[nodiscard]] std::uint32_t declare_lost(tables& in, std::uint32_t number, wall_time now);

/// Some of their ACCEPTED calls are this node's. true: to be repeated.
[[nodiscard]] bool hand_over(tables& in, wall_time now);

struct missed_calls {
    std::vector<ports::stored_call> calls;
    bool is_more = false; ///< to be repeated
};
/// Some of their RINGING calls are MISSED with `server_lost`, at the moment at which their homes were last known to be
/// alive. `node` names this one in their histories.
[[nodiscard]] missed_calls miss_some(tables& in, wall_time now, wall_time untold_until, std::string const& node);

/// What this node is to go on with, but for `missed`: all of it, also what it was told before. Without a cluster this
/// is the last step: the server is alive from now on.
[[nodiscard]] ports::inheritance inherit(tables& in, wall_time now, wall_time sessions_until);

/// Some of the session tokens of their devices are good for a while only. true: to be repeated. In a cluster.
[[nodiscard]] bool limit_sessions(tables& in, wall_time until);

/// ports::cluster_store::take_over_call, within the open transaction.
[[nodiscard]] std::optional<ports::stored_call> miss_overdue(tables& in, call_id const& id, wall_time untold_until,
                                                             std::string const& node);

} // namespace ringback::store
