#pragma once

#include "base/clock.hpp"
#include "gateway/account_directory.hpp"
#include "gateway/presence_announcer.hpp"
#include "ports/call_registry.hpp"

#include <cstdint>
#include <deque>
#include <unordered_map>

namespace ringback::gateway {

class station;

/// Tells the contacts of an account, or with `peer.directory = "everyone"` everybody, when it comes to `/` and when it
/// has left. Each account has one shard that speaks for it, which hears of changes in any order.
class peer_presence {
public:
    explicit peer_presence(station& at) noexcept : at_{at} {}
    peer_presence(peer_presence const&) = delete;
    peer_presence& operator=(peer_presence const&) = delete;

    void hear(ports::presence_change const& change, presence_announcer::cause by);

private:
    struct heard {
        std::uint64_t version = 0;
        bool is_here = false;
    };
    struct quiet {
        mono_time since;
        account_id account;
        std::uint64_t version;
    };

    void tell_online(ports::presence_change const& change);
    void tell(account_id const& about, std::string_view event, std::string args);
    void forget_quiet();

    station& at_;
    std::unordered_map<account_id, heard> heard_;
    std::deque<quiet> quiet_; ///< who is OFFLINE, by when that was heard
};

} // namespace ringback::gateway
