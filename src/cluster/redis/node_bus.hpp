#pragma once

#include "base/clock.hpp"
#include "cluster/link_state.hpp"
#include "ports/message_bus.hpp"
#include "redis/client.hpp"
#include "redis/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::cluster {

/// What a bus has carried, since it was made.
struct bus_figures {
    std::uint64_t sent = 0, received = 0; ///< messages
    std::uint64_t packets = 0;            ///< publications, acknowledgements and repetitions among them
    std::uint64_t dropped = 0;            ///< messages for which there was no room
};

/// The messages between the shards of all nodes over Redis' pub/sub: each shard listens on a channel of its own, so
/// that a message goes to one place, and what a shard sends to one place in a turn of its loop leaves in one
/// publication. Redis forgets what nobody hears, so every two places number their messages (link_state).
class node_bus final : public ports::message_bus {
public:
    struct shard {
        boost::asio::any_io_executor executor; ///< its loop's
        redis::client* client;                 ///< of that loop; outlives the bus
    };
    struct listener {
        /// A message for a shard of this node, and one of it that its receiver can never get because that node is gone.
        /// On the shard's thread; views are valid during the call.
        std::function<void(std::uint32_t shard, std::string_view message)> received;
        std::function<void(std::uint32_t shard, std::string_view message)> undelivered;
        /// What was sent to all may have been missed: the subscription was interrupted. On the first shard's thread.
        std::function<void()> missed;
        /// Whether the others may have given this node up, so that what they say may be said to another by now: then no
        /// message is heard, and none acknowledged, until hear_again(). On the shard's thread.
        std::function<bool(mono_time now)> is_in_doubt;
    };

    /// `node`: the number of this one. `version`: of what the messages say; other versions are not heard.
    node_bus(std::uint32_t node, unsigned version, redis::config const& redis, std::vector<shard> shards,
             clock_source const& clock, listener hear);
    node_bus(node_bus const&) = delete;
    node_bus& operator=(node_bus const&) = delete;
    ~node_bus() override; ///< when the loops have ended

    /// Calls `done` once, on the first shard's thread, when all channels are listened to: before the node joins.
    void when_listening(std::function<void()> const& done);

    void send(std::uint32_t from, place to, std::string message) override;
    void send_to_all(std::uint32_t from, std::string message) override;
    /// That node is lost or has left, and will never be heard again. From any thread.
    void forget_node(std::uint32_t number);

    /// The doubt is over: the others repeat what was not heard. From any thread.
    void hear_again();

    /// The others shall know what has come in, before this node leaves. From any thread.
    void acknowledge();

    /// From any thread.
    [[nodiscard]] bus_figures figures() const;

private:
    class line;
    struct counts;

    listener const hear_;
    std::shared_ptr<counts> counts_;
    std::vector<std::shared_ptr<line>> lines_; ///< by shard
};

} // namespace ringback::cluster
