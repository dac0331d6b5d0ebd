#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/call_types.hpp"
#include "ports/call_registry.hpp"
#include "ports/completion.hpp"

#include <cstdint>
#include <functional>
#include <vector>

/// What a node hears of the others, and of itself, outside the answers to what it asked.
namespace ringback::registry {

/// Who has to record a change of presence: exactly one node is told `here`, all others `elsewhere`.
enum class presence_origin : std::uint8_t { here, elsewhere };

/// A device is gone that was in a call, and nobody has told the call's home.
struct departure {
    account_id account;
    call::device_ref device;
    ports::involvement active;
    std::vector<call::device_ref> remaining; ///< the account's devices that are still there in this realm
    wall_time lost_at;
};

/// What a membership tells and asks. All are set before join() and called on the membership's executor, never inside a
/// call of one of its functions (but for what leave() completes).
struct cluster_news {
    /// The nodes can agree (true), or cannot (false): Redis is away, or has lost its memory and is
    /// being told again. Told at each change, and once after join().
    std::function<void(bool up)> on_state;
    /// This node was declared lost, or joined a Redis that belongs to another database: close every transport, and join
    /// under a new number. Told once. Nothing that this node writes is accepted any more.
    std::function<void()> on_lost;
    /// Node `number` is lost and this one has to take it over: the store's part first, call_registry::take_over for the
    /// calls that go on, then membership::drop_node. Told once, as long as drop_node has not failed.
    std::function<void(std::uint32_t number)> on_node_lost;
    /// Node `number` has been taken over, or left: it will never be heard again. Told once to every node.
    std::function<void(std::uint32_t number)> on_node_gone;
    /// A call rings for longer than it may: its home (another node, unless this one is alone) has to hear
    /// deadline_reached. Told again after a few seconds when nothing came of it.
    std::function<void(call_id call, place home)> on_overdue;
    /// Changes that come in no answer: of other nodes, and late ones of this one.
    std::function<void(ports::presence_changes changes, presence_origin origin)> on_presence;
    std::function<void(departure gone)> on_departure;
    /// A call whose home was lost, which was not taken over, and whose parties nobody has freed: the store knows how it
    /// has ended, if it ever came to exist. They are free now.
    std::function<void(call_id call)> on_stranded;
    /// Redis has lost its memory: whether the store still knows this node as alive.
    std::function<void(std::uint32_t number, ports::completion<bool> done)> may_register;
    /// Redis has lost its memory: the nodes that the store knows as alive, so that the lease of one that never comes
    /// back runs out.
    std::function<void(ports::completion<std::vector<std::uint32_t>> done)> known_nodes;
};

} // namespace ringback::registry
