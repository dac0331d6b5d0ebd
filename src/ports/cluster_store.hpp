#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "ports/call_store.hpp"
#include "ports/completion.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What the nodes of a cluster need of the store that they share (contract section 6, promise 3, with several servers).
///
/// A node's number is its fencing token. The store gives it out when the node joins, and checks in each transaction of
/// the node that nobody has declared it lost: from the take-over on nothing that it writes is accepted. Who takes a
/// node over has all of its calls, and what it had taken over itself and not finished.
namespace ringback::ports {

/// How long what a lost server left is good.
struct inheritance_terms {
    wall_time untold_until{};   ///< who is told of a call that was RINGING
    wall_time sessions_until{}; ///< session tokens
};

struct taken_node {
    /// The node that has it: ours, or another one that was first and lives (`left` is empty then); 0: there is no such
    /// node, or it is this one.
    std::uint32_t by = 0;
    /// What lost nodes of ours have left and this process has not been given yet; the calls that go on have their home
    /// here now. No sessions: they are in the store for every node (take_session).
    inheritance left{};
};

enum class session_state : std::uint8_t {
    taken,   ///< it was good, and is used up
    unknown, ///< never issued, used, taken back, or of another account
    expired
};

struct session_answer {
    session_state state = session_state::unknown;
    std::uint32_t node = 0; ///< of a taken one: the node that issued it, whose device may be half-open
};

/// Functions may be called from any thread and return at once, but for watch_fence(); completions run on the store's
/// own thread, must be short and must not throw.
class cluster_store {
public:
    virtual ~cluster_store() = default;

    /// Declares the node `lost` and hands over its calls: those that were RINGING become MISSED with `server_lost` at
    /// the moment at which it was last known to be alive, both parties untold; for the ACCEPTED ones the outage begins
    /// then. In steps, of which the first keeps the node out, so that a long list delays no other write. After
    /// `unavailable` it is to be said again: what was done stays done, and `left` has all of it then. Saying it again
    /// is harmless: each call is handed over once, to a taker that is alive in the end. (`missed` may lack calls of a
    /// try that failed; `untolds` never does.)
    virtual void take_over(std::uint32_t lost, wall_time now, inheritance_terms terms,
                           completion<read_result<taken_node>> done) = 0;

    /// The ring deadline of a call has passed and its home has not said so: RINGING → MISSED with `timeout` at its
    /// deadline, both parties untold. The answer is the call as it is then; nullopt: it is not RINGING, this node is
    /// its home, or there is none.
    virtual void take_over_call(call_id id, wall_time untold_until,
                                completion<read_result<std::optional<stored_call>>> done) = 0;

    /// The nodes that gave no sign of life for `lease` and that nobody has taken over, and those whose taker gave none:
    /// for a node that starts. A sign is given at most 5 s after the last, by the node's own clock.
    virtual void find_abandoned(wall_time now, std::chrono::milliseconds lease,
                                completion<read_result<std::vector<std::uint32_t>>> done) = 0;

    /// Whether this node was declared lost. A cheap read, for a node that cannot ask anybody else.
    virtual void is_lost(completion<read_result<bool>> done) = 0;

    /// A device of `account` shows a token that another node has issued, by the text of its hash. Of several nodes that
    /// ask at once one gets it. A token of another account stays.
    virtual void take_session(std::string hash, account_id account, wall_time now,
                              completion<read_result<session_answer>> done) = 0;

    /// `on_fenced` is called once, on the store's thread, when a write was not accepted because this node was declared
    /// lost; at once when that has happened already. All writes that follow are `unavailable`, closings too. An empty
    /// one: nobody is told any more. Waits for the store's thread.
    virtual void watch_fence(std::function<void()> on_fenced) = 0;
};

} // namespace ringback::ports
