#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"
#include "socketio/broadcast.hpp"
#include "socketio/recovery_log.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Connection state recovery: a client that lost its transport comes back as the same socket, with its rooms, its data
/// and the events it missed. Clients of Socket.IO 4.6 and later ask for it by themselves; nothing is added for others.
///
/// Every recoverable event carries its offset, a string, as an extra last argument, and a client names the last one
/// that it saw. Offsets are positions in the log of the hub on which the socket lives, so that they can be compared:
/// a quiet client whose offset has left the log still recovers, and so does one that never got an event. Volatile
/// events carry the current offset, so that a string at their end cannot pass for one.

namespace ringback::socketio {

struct recovery_config {
    /// How long after its loss a session can be recovered. 0: recovery is off, and nothing of it costs anything.
    std::chrono::milliseconds window{0};
    /// Beyond the window the log keeps what was sent while a loss had not been noticed: ping interval and timeout.
    std::chrono::milliseconds unnoticed{45'000};
    /// A recovered socket passes by the middlewares. Off: a suspended account must not come back through here.
    bool skip_middlewares = false;
    std::size_t max_log_bytes = 16 * 1024 * 1024; ///< per shard; sessions that need what fell out start anew
    std::size_t max_sessions = 100'000;           ///< lost ones kept per shard; the oldest goes first
};

/// `1700000000000-0`, as a stream of Redis names its entries; nullopt for other text.
[[nodiscard]] std::string to_string(cluster_offset const& at);
[[nodiscard]] std::optional<cluster_offset> parse_offset(std::string_view text);

/// What a client presents with its CONNECT.
struct recovery_claim {
    std::string nsp;
    std::string pid;
    std::optional<std::string> offset; ///< absent: it never saw one
};

/// A session on its way to the socket that continues it.
struct recovered_session {
    std::string socket_id;
    std::string pid;
    std::vector<std::string> rooms;    ///< without the socket's own
    std::string data;                  ///< raw JSON: socket::data()
    std::vector<broadcast_ptr> missed; ///< oldest first
    covered_serials covered;           ///< the broadcasts that `missed` and the client's offset account for
    std::string presented;             ///< the offset of the claim: the client's own until it gets an event
    cluster_offset reached{};          ///< of a cluster's log: `missed` accounts for all up to here
};

/// From which event on a socket may have missed something: what its client's next offset is measured against.
struct recovery_mark {
    log_position since = 0; ///< the log's end when the socket connected to this hub
    /// The offset that the client brought along from another hub; it stands for `since` until a newer one arrives.
    std::string brought;
    covered_serials covered;
    cluster_offset reached{}; ///< of a cluster's log: what is not behind it the client is not sent again
};

/// A socket that was lost.
struct lost_session {
    std::string nsp;
    std::string socket_id;
    std::string pid;
    std::vector<std::string> rooms;
    std::string data;
    recovery_mark mark;
};

/// The log and the lost sessions of one hub.
class recovery_keeper {
public:
    using forgotten_handler = std::function<void(std::string const& pid)>;

    /// `on_forgotten` is told of each session that nobody came back for.
    recovery_keeper(recovery_config const& config, timer_wheel& timers, forgotten_handler on_forgotten);

    [[nodiscard]] bool is_on() const noexcept { return config_.window.count() > 0; }
    [[nodiscard]] bool skips_middlewares() const noexcept { return config_.skip_middlewares; }

    /// Where a socket that connects now stands.
    [[nodiscard]] log_position now_at() const noexcept { return log_.end(); }
    /// What a socket that moves here is to get beside the missed events of its former hub: what was delivered here
    /// since the move began, and there too late.
    [[nodiscard]] std::vector<broadcast_ptr> since_move(log_position began, std::string_view nsp,
                                                        std::span<std::string const> rooms,
                                                        covered_serials const& covered) const {
        auto found = log_.missed(began, nsp, rooms, covered);
        // What was for one socket alone is its hub's business, and was missed there.
        std::erase_if(found, [](broadcast_ptr const& b) { return b->serial == 0; });
        return found;
    }
    /// What was logged for one socket alone behind `since`, with its offsets.
    [[nodiscard]] std::vector<std::pair<std::string, broadcast_ptr>> replay(log_position since, std::string_view nsp,
                                                                            std::string_view socket_id) const;
    /// The broadcasts that were delivered here: who moves away now takes it along.
    [[nodiscard]] covered_serials const& delivered() const noexcept { return delivered_; }
    void note_delivered(broadcast const& what);
    /// Logs an event and tells its offset.
    std::string record(broadcast_ptr what, mono_time now);
    /// The offset of the latest event: for events that are not logged.
    [[nodiscard]] std::string current_offset() const;

    void keep(lost_session session, mono_time now);
    /// The session with what it missed. nullopt as for recovery_handler; the session is gone in either case.
    [[nodiscard]] std::optional<recovered_session> take(recovery_claim const& claim, mono_time now);

    [[nodiscard]] std::size_t lost_sessions() const noexcept { return lost_.size(); }
    [[nodiscard]] std::size_t log_bytes() const noexcept { return log_.bytes(); }

private:
    struct kept {
        lost_session session;
        mono_time until;
    };
    struct sweep final : timer_wheel::timer {
        explicit sweep(recovery_keeper& of) : keeper{of} {}
        void on_expiry(mono_time now) override { keeper.prune(now); }
        recovery_keeper& keeper;
    };

    void prune(mono_time now);
    [[nodiscard]] std::string offset_of(log_position at) const;
    [[nodiscard]] std::optional<log_position> position_of(recovery_claim const& claim, recovery_mark const& mark) const;
    void arm(mono_time now);

    recovery_config const config_;
    timer_wheel& timers_;
    forgotten_handler on_forgotten_;
    recovery_log log_;
    covered_serials delivered_;
    std::string const epoch_; ///< tells the offsets of this hub and process from all others
    std::unordered_map<std::string, kept> lost_;
    std::deque<std::pair<mono_time, std::string>> by_age_; ///< pids, some perhaps taken meanwhile
    sweep sweep_{*this};
};

} // namespace ringback::socketio
