#pragma once

#include "ports/call_registry.hpp"

#include <cstdint>
#include <deque>
#include <unordered_map>

namespace ringback::gateway {

class station;

/// Tells `/user` of every change of a telecaller's presence, once and in order. Changes come from whatever shard caused
/// them, so each telecaller has one shard that speaks for it: what is older than the last change told is dropped there
/// (races.md row 50), and all receivers hear one voice.
class presence_announcer {
public:
    explicit presence_announcer(station& at) noexcept : at_{at} {}

    /// Who has caused a change: each is recorded by the node that has.
    enum class cause : std::uint8_t { this_node, another_node };
    /// From any station: each change goes to who tells the sockets of this node of it, in `/user` or on `/`.
    static void announce(station& here, ports::presence_changes const& changes, cause by = cause::this_node);

private:
    struct quiet {
        mono_time since;
        account_id telecaller;
        std::uint64_t version;
    };

    void hear(ports::presence_change const& change, cause by);
    void tell(ports::presence_change const& change, call::account const* who);
    void forget_quiet();

    station& at_;
    std::unordered_map<account_id, std::uint64_t> told_; ///< version of the last change
    std::deque<quiet> quiet_;                            ///< who went OFFLINE, oldest first
};

} // namespace ringback::gateway
