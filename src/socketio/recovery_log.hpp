#pragma once

#include "base/clock.hpp"
#include "socketio/broadcast.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

/// How many events a log had taken when something happened. Counts up and is never used twice.
using log_position = std::uint64_t;

/// By shard: the serial of the last broadcast of that shard's hub that a socket's former hubs delivered before the
/// socket moved. What its new hub delivers later, of those, it has got or gets as a missed one. Empty: it was never
/// lost.
using covered_serials = std::vector<std::uint64_t>;

[[nodiscard]] inline bool is_covered(broadcast const& b, covered_serials const& covered) noexcept {
    return b.origin < covered.size() && b.serial > 0 && b.serial <= covered[b.origin];
}

/// The events of one hub in the order in which its sockets got them, for as long and as many as its limits allow.
class recovery_log {
public:
    explicit recovery_log(std::size_t max_bytes) noexcept : max_bytes_{max_bytes} {}

    /// The position behind the event.
    log_position append(broadcast_ptr what, mono_time now);
    /// Drops what was sent before `oldest`.
    void drop_before(mono_time oldest);

    [[nodiscard]] log_position end() const noexcept { return end_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    /// Events behind `since` fell out for want of room: who was lost at `since` cannot be told all.
    [[nodiscard]] bool has_lost_since(log_position since) const noexcept { return since < squeezed_out_; }

    /// What a socket of `nsp` in `rooms` (its own among them) was to get behind `since`, oldest first.
    [[nodiscard]] std::vector<broadcast_ptr> missed(log_position since, std::string_view nsp,
                                                    std::span<std::string const> rooms,
                                                    covered_serials const& covered) const;

    /// Each event behind `since` with the position behind it, oldest first.
    template <class Visit>
    void visit(log_position since, Visit&& each) const {
        log_position first = end_ - entries_.size(); // the position before the oldest entry
        for (std::size_t i = since > first ? since - first : 0; i < entries_.size(); ++i)
            each(first + i + 1, entries_[i].what);
    }

private:
    struct entry {
        broadcast_ptr what;
        mono_time at;
        std::size_t bytes;
    };
    void drop_first();

    std::size_t const max_bytes_;
    std::deque<entry> entries_; ///< the positions end_ - size + 1 … end_
    log_position end_ = 0;
    log_position squeezed_out_ = 0; ///< the position behind the last event that fell out for want of room
    std::size_t bytes_ = 0;
};

} // namespace ringback::socketio
