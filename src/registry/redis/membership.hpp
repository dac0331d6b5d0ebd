#pragma once

#include "base/clock.hpp"
#include "ports/completion.hpp"
#include "redis/client.hpp"
#include "redis/config.hpp"
#include "registry/redis/agreement.hpp"
#include "registry/redis/cluster_news.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace ringback::registry {

class membership_core;

/// This node as one of many: joins, renews its lease, finds out who is lost and what is overdue, and builds Redis'
/// memory anew when that is gone. One per node, on the executor of shard 0; all functions are called there, or before
/// the shards run.
class membership {
public:
    struct identity {
        std::uint32_t number = 0;                ///< given out by the store, never used before
        std::string name;                        ///< for people
        std::string store_id;                    ///< of the database: nodes with different ones may not meet
        std::chrono::milliseconds lease{10'000}; ///< the same on all nodes
    };
    enum class join_errc : std::uint8_t {
        unavailable,   ///< Redis is away: try again
        other_database ///< Redis belongs to nodes with another database
    };
    using joined = std::expected<void, join_errc>;

    /// `commands` is shard 0's, the subscription is a connection of its own. All that is given outlives the membership.
    membership(boost::asio::any_io_executor executor, redis::client& commands, redis::config subscription,
               agreement& shared, clock_source const& clock, cluster_news news);
    membership(membership const&) = delete;
    membership& operator=(membership const&) = delete;
    ~membership();

    /// Once it succeeds the ticks run. It may be called again after a failure.
    void join(identity who, ports::completion<joined> done);

    /// The last word of a drain, when no device and no call is left here: the lease ends now, and accounts that had
    /// devices here linger for a lease. false: Redis could not be
    /// told, the lease runs out by itself. Nothing is told afterwards.
    void leave(ports::completion<bool> done);

    /// Ends what is left of a node that on_node_lost named, when the store's part is done: its devices go, the calls
    /// that still have their home there are forgotten, the changes come by on_presence. Accounts of one that left on
    /// purpose linger for `linger`, those of others are gone. Gives the departures whose calls go on, in pieces, to
    /// on_departure. false: Redis is away, or another node has it now; on_node_lost comes again when it is still ours.
    void drop_node(std::uint32_t number, std::chrono::milliseconds linger, ports::completion<bool> done);

private:
    std::shared_ptr<membership_core> core_;
};

} // namespace ringback::registry
