#pragma once

#include "bus/redis/cluster_adapter.hpp"
#include "bus/redis/cluster_link.hpp"
#include "bus/redis/stream_reader.hpp"
#include "redis/client.hpp"
#include "redis/config.hpp"
#include "redis/subscriber.hpp"
#include "socketio/rooms.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

namespace ringback::bus {

struct streams_config {
    std::string stream = "socket.io";            ///< `streamName` of Node's adapter, with its streamCount of 1
    std::string channel_prefix = "socket.io";    ///< of the channels for what is of the moment
    std::string session_prefix = "sio:session:"; ///< of the keys of lost sessions
    std::size_t max_entries = 10'000;            ///< of the stream, roughly; what is lost for longer is lost
    cluster_config cluster;
    message_limits limits;
};

/// The cluster of `@socket.io/redis-streams-adapter` 0.3: events and changes in one stream, questions by pub/sub
/// (socketio.md B4). What is said while Redis is away is lost, but what others say while a connection is lost is heard
/// later. With connection state recovery every event goes through the stream, those to one socket too, and any node,
/// of ours or of Node.js, recovers what another has lost. One prefix may not serve both a classic and a streams
/// cluster.
class streams_link final : public cluster_link, private cluster_log {
public:
    /// Connects at once, on the first shard's executor.
    streams_link(boost::asio::any_io_executor first_shard, redis::config const& server, streams_config config);

    [[nodiscard]] std::string broadcast(socketio::broadcast const& what) const override;
    [[nodiscard]] std::string ask(socketio::broadcast const& what, std::string_view id,
                                  std::chrono::milliseconds timeout) const override;
    [[nodiscard]] std::string change(socketio::audience_change const& what) const override;
    [[nodiscard]] std::string fetch(std::string_view nsp, socketio::audience const& of,
                                    std::string_view id) const override;
    [[nodiscard]] std::string server_event(std::string_view nsp, std::string_view name, std::string_view args,
                                           std::string_view id) const override;
    [[nodiscard]] std::string answer(cluster_request const& to, cluster_answer const& what) const override;

    [[nodiscard]] cluster_log* log() noexcept override { return this; }
    void start(cluster_listener& listener, socketio::node_tag const& tag) override;
    void say(std::string said) override;
    void count_others(std::string_view nsp, std::move_only_function<void(std::optional<std::size_t>)> then) override;
    /// Every node hears everything.
    void when_heard(work then) override { then(); }
    void nsp_opened(std::string_view nsp) override;
    void nsp_closed(std::string_view nsp) override;
    void room_opened(std::string_view, std::string_view) override {}
    void room_closed(std::string_view, std::string_view) override {}

private:
    // cluster_log (streams_log.cpp)
    void log(socketio::broadcast_ptr what) override;
    void keep(socketio::lost_session const& session, std::chrono::milliseconds window) override;
    void take(socketio::recovery_claim claim, socketio::recovery_handler then) override;
    void read_on(std::string nsp, socketio::recovered_session session, socketio::recovery_handler then) override;
    void check_log(std::string nsp, socketio::recovered_session session, socketio::recovery_handler then);
    [[nodiscard]] socketio::broadcast_ptr missed_by(socketio::recovered_session const& session, std::string_view nsp,
                                                    stream_entry const& entry) const;

    [[nodiscard]] std::string public_channel(std::string_view nsp) const;
    [[nodiscard]] std::string channel_of(std::string_view nsp, std::string_view uid) const;
    void on_publication(std::string_view payload);
    void on_entry(stream_entry const& entry);
    [[nodiscard]] bool was_delivered(std::string_view number);

    // given
    streams_config const config_;
    std::string const uid_; ///< of this process in all namespaces
    cluster_listener* listener_ = nullptr;
    // owned
    redis::client commands_;
    redis::subscriber heard_;
    stream_reader reader_;
    std::unordered_map<std::string, std::size_t, socketio::text_hash, std::equal_to<>> open_; ///< shards by namespace
    // state
    std::uint64_t logged_ = 0;
    /// Those that were delivered without the log, as it was unknown whether it has them.
    std::set<std::uint64_t> delivered_early_;
};

/// What net::socketio_server takes to join the cluster of Node's streams adapter.
[[nodiscard]] std::unique_ptr<socketio::adapter> make_streams_adapter(socketio::shard_adapter::poster post,
                                                                      boost::asio::any_io_executor first_shard,
                                                                      redis::config const& server,
                                                                      streams_config const& config = {});

} // namespace ringback::bus
