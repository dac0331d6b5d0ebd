#pragma once

#include "redis/script.hpp"

namespace ringback::registry {

/// The scripts that Redis runs for us, each one round trip: scripts/*.lua, where the head of each says what it takes
/// and answers. All begin with scripts/prelude.lua, take the tag of our keys as their key, and four words about who
/// speaks before their own arguments (see script_words).
struct script_set {
    script_set();

    redis::script active_call_of, add_device, claim, counts, drop_node, end_linger, find_call, forget_call,
        keep_final_event, known_nodes, leave, mark_accepted, presence_of, present_among, present_in, join, release,
        remove_device, session, take_attempt, take_over, tell_accounts, tell_calls, tick;
};

/// Safe to use in several threads.
[[nodiscard]] script_set const& scripts();

} // namespace ringback::registry
