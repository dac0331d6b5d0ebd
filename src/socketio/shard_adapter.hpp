#pragma once

#include "socketio/adapter.hpp"

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

/// Joins the hubs of one process over the mailboxes of their shards. What one shard sends arrives everywhere in its
/// order. It holds no lock: what it keeps belongs to one shard's thread each.
class shard_adapter final : public adapter {
public:
    /// Runs `what` on that shard's thread, behind all that was posted to it before. Thread-safe.
    using poster = std::function<void(std::uint32_t shard, work what)>;

    explicit shard_adapter(poster post);

    void add(hub& next) override;
    [[nodiscard]] node_tag const& tag() const noexcept override { return tag_; }
    [[nodiscard]] room_watcher* watcher() noexcept override { return nullptr; }
    void when_joined(hub&, work then) override { then(); }
    void send(hub& from, broadcast_ptr what, reach how_far) override;
    void ask(hub& from, broadcast_ptr what, std::chrono::milliseconds timeout, reach how_far,
             broadcast_ack_handler then) override;
    void change(hub& from, audience_change what, reach how_far) override;
    void fetch_sockets(hub& from, std::string nsp, audience of, reach how_far, fetch_handler then) override;
    /// There is no other node: nobody runs it, and nobody answers.
    void server_side_emit(hub& from, std::string nsp, std::string name, std::string args,
                          server_answers_handler then) override;
    [[nodiscard]] std::uint64_t next_ack_id(hub& from) override;

    [[nodiscard]] bool keeps_sessions() const noexcept override { return false; }
    void keep_session(hub& on, lost_session session) override;
    void session_opened(hub& on, std::string const& pid) override;
    void session_forgotten(hub& on, std::string const& pid) override;
    void recover(hub& to, recovery_claim claim, recovery_handler then) override;

private:
    /// Runs on the thread of `at`; at once when that is the thread of `here`.
    void run_on(hub& here, hub& at, work what);
    /// Runs `then` on the thread of `last` when every shard has come to an end with what it was sending now.
    void after_a_round(hub& here, std::size_t next, hub& last, work then);
    void on_each(hub& from, std::function<void(hub&)> const& what);

    poster post_;
    node_tag tag_;
    std::vector<hub*> hubs_;
    std::vector<std::uint64_t> asked_; ///< broadcasts with acknowledgement, by shard
    /// Where a recoverable session is. While it moves, further claims of the same client wait.
    struct whereabouts {
        std::uint32_t shard = 0;
        bool is_moving = false;
        bool is_over = false; ///< it ended where it moved to, before that was known here
        std::deque<work> claims{};
    };
    void move_session(hub& to, recovery_claim claim, recovery_handler then);
    void end_move(std::string const& pid, hub& to, bool arrived);

    std::unordered_map<std::string, whereabouts> sessions_; ///< by pid; the first shard's
};

} // namespace ringback::socketio
