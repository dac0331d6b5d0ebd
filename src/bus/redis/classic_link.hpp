#pragma once

#include "bus/redis/cluster_adapter.hpp"
#include "bus/redis/cluster_link.hpp"
#include "bus/redis/room_channels.hpp"
#include "redis/client.hpp"
#include "redis/config.hpp"
#include "redis/subscriber.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace ringback::bus {

struct classic_config {
    std::string prefix = "socket.io"; ///< of all channels: `key` of Node's adapter and emitter
    cluster_config cluster;
    /// Answers go to the channel of who asks alone, not to that of all nodes; as Node's option of this name. Both are
    /// listened to in either case.
    bool publish_on_specific_response_channel = false;
    /// A namespace with more rooms than this on one process hears all that is said in it, instead of subscribing to
    /// each room. Sockets' own ids do not count: one pattern is for all of them.
    std::size_t most_room_channels = 10'000;
    message_limits limits;
};

/// The cluster of `@socket.io/redis-adapter` 8 and `@socket.io/redis-emitter` 5: Redis' pub/sub, JSON and MessagePack
/// (socketio.md B1, B2), each message once to each node that has subscribed. What is said while a connection to Redis
/// is lost is lost.
class classic_link final : public cluster_link {
public:
    /// Connects at once, on the first shard's executor.
    classic_link(boost::asio::any_io_executor first_shard, redis::config const& server, classic_config config);

    [[nodiscard]] std::string broadcast(socketio::broadcast const& what) const override;
    [[nodiscard]] std::string ask(socketio::broadcast const& what, std::string_view id,
                                  std::chrono::milliseconds timeout) const override;
    [[nodiscard]] std::string change(socketio::audience_change const& what) const override;
    [[nodiscard]] std::string fetch(std::string_view nsp, socketio::audience const& of,
                                    std::string_view id) const override;
    [[nodiscard]] std::string server_event(std::string_view nsp, std::string_view name, std::string_view args,
                                           std::string_view id) const override;
    [[nodiscard]] std::string answer(cluster_request const& to, cluster_answer const& what) const override;

    void start(cluster_listener& listener, socketio::node_tag const& tag) override;
    void say(std::string said) override;
    void count_others(std::string_view nsp, std::move_only_function<void(std::optional<std::size_t>)> then) override;
    void when_heard(work then) override;
    void nsp_opened(std::string_view nsp) override;
    void nsp_closed(std::string_view nsp) override;
    void room_opened(std::string_view nsp, std::string_view room) override;
    void room_closed(std::string_view nsp, std::string_view room) override;

private:
    [[nodiscard]] std::string request_channel(std::string_view nsp) const;
    [[nodiscard]] std::string response_channel(std::string_view nsp) const;
    [[nodiscard]] std::string own_response_channel(std::string_view nsp) const;
    void carry_out(room_channels::changes const& changes);
    void subscribe(std::string const& channel);
    void unsubscribe(std::string const& channel);
    /// The number of a subscription that is not confirmed yet.
    std::uint64_t number_of(std::string const& name);
    void settle(std::string const& name, std::uint64_t number);
    /// Runs those that wait for no subscription behind the `last`.
    void release(std::uint64_t last);
    void on_message(std::string_view channel, std::string_view payload);
    void on_pattern(std::string_view pattern, std::string_view channel, std::string_view payload);
    template <class Counts>
    void on_broadcast(std::string_view payload, Counts&& counts);

    /// What a channel of requests or answers is for.
    struct desk {
        std::string nsp;
        bool is_for_answers = false;
    };

    // given
    classic_config const config_;
    std::string const uid_; ///< of this process in all namespaces
    cluster_listener* listener_ = nullptr;
    // owned
    redis::client commands_;
    redis::subscriber heard_;
    std::optional<room_channels> rooms_;
    std::unordered_map<std::string, desk, socketio::text_hash, std::equal_to<>> desks_; ///< by channel
    // state
    std::uint64_t subscribed_ = 0;
    std::unordered_map<std::string, std::uint64_t> unconfirmed_; ///< channels and patterns, and which one they are
    std::set<std::uint64_t> unsettled_;                          ///< the numbers of the same
    std::multimap<std::uint64_t, work> waiting_; ///< by the number of the last subscription that they wait for
};

/// What net::socketio_server takes to join the cluster of Node's classic adapter.
[[nodiscard]] std::unique_ptr<socketio::adapter> make_classic_adapter(socketio::shard_adapter::poster post,
                                                                      boost::asio::any_io_executor first_shard,
                                                                      redis::config const& server,
                                                                      classic_config const& config = {});

} // namespace ringback::bus
