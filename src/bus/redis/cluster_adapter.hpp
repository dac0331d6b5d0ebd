#pragma once

#include "bus/redis/cluster_link.hpp"
#include "bus/redis/question_book.hpp"
#include "socketio/adapter.hpp"
#include "socketio/shard_adapter.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::bus {

struct cluster_config {
    /// How long the sockets of other nodes and the answers to server_side_emit() are waited for; what is there by then
    /// counts.
    std::chrono::milliseconds requests_timeout{5000};
};

/// Joins the hubs of this process and, by a link, those of other nodes, which may be servers of Node.js. To the sockets
/// of this process everything goes as with a shard_adapter, at once and whether the cluster can be reached or not. All
/// talk with the cluster passes through the first shard, so that what one shard says keeps its order.
///
/// A question that this process has asked itself is answered here without the cluster, and what it hears of itself is
/// not heard: joins, leaves and disconnects are carried out at once here. An event for servers that nobody here handles
/// is answered with null, so that who asks does not wait for its timeout because of us.
class cluster_adapter final : public socketio::adapter, private socketio::room_watcher, private cluster_listener {
public:
    using poster = socketio::shard_adapter::poster;

    cluster_adapter(poster post, std::unique_ptr<cluster_link> link, cluster_config const& config = {});

    void add(socketio::hub& next) override;
    [[nodiscard]] socketio::node_tag const& tag() const noexcept override { return local_.tag(); }
    [[nodiscard]] socketio::room_watcher* watcher() noexcept override { return this; }
    void when_joined(socketio::hub& from, work then) override;

    void send(socketio::hub& from, socketio::broadcast_ptr what, socketio::reach how_far) override;
    void ask(socketio::hub& from, socketio::broadcast_ptr what, std::chrono::milliseconds timeout,
             socketio::reach how_far, socketio::broadcast_ack_handler then) override;
    void change(socketio::hub& from, socketio::audience_change what, socketio::reach how_far) override;
    void fetch_sockets(socketio::hub& from, std::string nsp, socketio::audience of, socketio::reach how_far,
                       socketio::fetch_handler then) override;
    void server_side_emit(socketio::hub& from, std::string nsp, std::string name, std::string args,
                          socketio::server_answers_handler then) override;
    [[nodiscard]] std::uint64_t next_ack_id(socketio::hub& from) override { return local_.next_ack_id(from); }

    // Without a log a session is recovered by the process that had it.
    [[nodiscard]] bool keeps_sessions() const noexcept override { return log_ != nullptr; }
    void keep_session(socketio::hub& on, socketio::lost_session session) override;
    void session_opened(socketio::hub& on, std::string const& pid) override;
    void session_forgotten(socketio::hub& on, std::string const& pid) override;
    void recover(socketio::hub& to, socketio::recovery_claim claim, socketio::recovery_handler then) override;

private:
    using request_ptr = std::shared_ptr<cluster_request const>;

    // room_watcher
    void nsp_opened(socketio::hub& at, std::string_view nsp) override;
    void nsp_closed(socketio::hub& at, std::string_view nsp) override;
    void room_opened(socketio::hub& at, std::string_view nsp, std::string_view room) override;
    void room_closed(socketio::hub& at, std::string_view nsp, std::string_view room) override;
    // cluster_listener
    void heard(cluster_request request) override;
    void answered(cluster_answer answer) override { questions_->take(std::move(answer)); }
    void log_begins(socketio::cluster_offset at) override;
    void not_logged(socketio::broadcast_ptr what) override;

    /// Runs `what` on the thread of `at`; at once when that is the thread of `here`.
    void run_on(socketio::hub& here, socketio::hub& at, work what);
    void on_first(socketio::hub& here, work what) { run_on(here, first(), std::move(what)); }
    [[nodiscard]] socketio::hub& first() const { return *hubs_.front(); }
    void say(socketio::hub& from, std::string said);
    /// On the first shard.
    void inquire(std::string id, cluster_answer::kind wanted, std::string const& nsp, std::string said,
                 std::chrono::milliseconds timeout, question_book::handler then);

    /// On the first shard: the session goes to `to` when it has all that was delivered there.
    void hand_over(socketio::hub& to, std::string nsp, std::optional<socketio::recovered_session> found,
                   socketio::recovery_handler then);

    // What others say, on the first shard (cluster_adapter_answers.cpp).
    void carry_out(request_ptr const& request, event_message const& what);
    void carry_out(request_ptr const& request, change_message const& what);
    void carry_out(request_ptr const& request, fetch_message const& what);
    void carry_out(request_ptr const& request, rooms_message const& what);
    void carry_out(request_ptr const& request, server_message const& what);
    void ask_here(request_ptr const& request, socketio::broadcast_ptr const& what, std::chrono::milliseconds timeout);
    void answer(cluster_request const& request, cluster_answer what);

    // given
    poster post_;
    cluster_config const config_;
    // owned
    socketio::shard_adapter local_;
    std::unique_ptr<cluster_link> link_;
    cluster_log* log_ = nullptr; ///< the link's; only with connection state recovery
    std::vector<socketio::hub*> hubs_;
    std::optional<question_book> questions_; ///< with the timers of the first shard
};

} // namespace ringback::bus
