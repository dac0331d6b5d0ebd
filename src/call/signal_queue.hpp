#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::call {

/// One event from peer to peer, on its way.
struct peer_signal {
    std::uint64_t number = 0; ///< of those to one party: their order
    std::string_view event;   ///< has static storage
    std::string payload;      ///< opaque here
};

/// What a party that is away is to get when it comes back: the newest 256 events or 256 KiB, in the order of their
/// numbers, in whatever order they come here.
class signal_queue {
public:
    static constexpr std::size_t max_signals = 256;
    static constexpr std::size_t max_bytes = 256 * 1024;

    void keep(peer_signal s);
    /// Everything, oldest first. The queue is as new afterwards.
    [[nodiscard]] std::vector<peer_signal> take();
    /// Older ones had to go.
    [[nodiscard]] bool has_lost() const noexcept { return has_lost_; }
    [[nodiscard]] std::size_t size() const noexcept { return signals_.size(); }

private:
    std::deque<peer_signal> signals_;
    std::size_t bytes_ = 0;
    bool has_lost_ = false;
};

} // namespace ringback::call
