#pragma once

#include <chrono>
#include <cstddef>

/// Sizes and times of the registry in Redis that are nobody's setting.
namespace ringback::registry::bounds {

/// What has happened while Redis was away and is still to be told, per shard. Beyond it the rest is dropped, and this
/// node tells everything that it holds instead.
inline constexpr std::size_t late_operations = 16'384;
/// Accounts, or calls, that one script works off: a script stops Redis for all, 500 accounts for about 10 ms.
inline constexpr std::size_t chunk = 500;
/// Accounts and calls that this node holds, told by one script.
inline constexpr std::size_t told_at_once = 200;
/// Lingers, deadlines and unsettled accounts that one tick works off.
inline constexpr std::size_t due_at_once = 200;
/// Changes of presence that Redis keeps for a node whose subscription was interrupted.
inline constexpr std::size_t changes_kept = 10'000;
/// Subjects of limits that a node counts by itself while Redis is away.
inline constexpr std::size_t limited_subjects = 1'000'000;
/// Final events that wait for an account.
inline constexpr std::size_t kept_events = 8;

using namespace std::chrono_literals;
/// A new epoch begins with this: nobody is called OFFLINE and nothing is claimed while the nodes tell what they hold.
inline constexpr std::chrono::milliseconds settling = 2s;
/// How late a timer has to be before another node fires it.
inline constexpr std::chrono::milliseconds overdue = 1s;
/// An overdue deadline is handed out again after this.
inline constexpr std::chrono::milliseconds handed_out = 5s;
/// When nobody ticked for so long, or for half a lease, Redis was away for everybody, and that time is added to every
/// lease.
inline constexpr std::chrono::milliseconds longest_pulse = 2s;
/// A change of this node whose answer has not come by then was lost with its connection: longer than any command may
/// take.
inline constexpr std::chrono::milliseconds answer_lost = 4s;
/// The tick is a part of the lease, within these.
inline constexpr std::chrono::milliseconds shortest_tick = 100ms, longest_tick = 500ms;
inline constexpr int ticks_per_lease = 20;
/// How often the lingers that this node holds are looked through for those that are over.
inline constexpr std::chrono::milliseconds between_linger_looks = 5s;

} // namespace ringback::registry::bounds
