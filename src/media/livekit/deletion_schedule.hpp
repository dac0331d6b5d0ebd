#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "media/livekit/circuit_breaker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ringback::media {

struct retry_config {
    std::size_t max_waiting = 4096; ///< rooms that wait for their deletion; one more drops the oldest
    std::chrono::milliseconds give_up_after{3'600'000}; ///< no retry of a room begins later than this after its call
};

/// A room that is to be deleted.
struct deletion {
    call_id room;
    std::uint64_t number = 0; ///< in the order in which they were asked for
    unsigned failures = 0;    ///< attempts so far that failed
    mono_time asked_at{};
};

enum class deletion_failure {
    of_server, ///< it cannot be reached, or says that it cannot serve: it would fail other rooms too
    of_room    ///< the server is well but did not delete this room
};

/// Which room is to be deleted next, and when: a bounded queue without repetitions, exponential backoff for each room,
/// and a circuit breaker for the server. Decides only: no clock, no I/O. Not thread-safe.
class deletion_schedule {
public:
    deletion_schedule(retry_config const& config, breaker_config const& breaker, std::uint64_t seed)
        : config_{config},
          server_{breaker, seed} {}

    /// A room that waits already keeps its place. The room that had to make place because too many wait: the oldest. It
    /// is forgotten.
    [[nodiscard]] std::optional<call_id> add(call_id const& room, mono_time now);

    /// What to attempt now; the caller owes a deleted() or a failed() for it. nullopt: nothing before next_due().
    [[nodiscard]] std::optional<deletion> next(mono_time now);
    /// When next() has something; nullopt: not before another add(), deleted() or failed().
    [[nodiscard]] std::optional<mono_time> next_due() const;

    /// Also for a room that will never be deleted: it is no longer asked for.
    void settled();
    /// The room that is given up: this one when it is too old, or the oldest when too many wait.
    [[nodiscard]] std::optional<call_id> failed(deletion what, deletion_failure why, mono_time now);

    [[nodiscard]] bool is_open() const noexcept { return server_.is_open(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct waiting_deletion {
        deletion what;
        mono_time due;
    };

    [[nodiscard]] std::optional<call_id> insert(deletion const& what, mono_time due);
    retry_config config_;
    std::map<std::uint64_t, waiting_deletion> waiting_;    ///< by number: the first is the oldest
    std::set<std::pair<mono_time, std::uint64_t>> by_due_; ///< when, and which number
    std::set<call_id> rooms_;                              ///< that wait
    std::uint64_t last_number_ = 0;
    std::size_t under_way_ = 0; ///< handed out and not settled
    circuit_breaker server_;
};

} // namespace ringback::media
