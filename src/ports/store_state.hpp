#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringback::ports {

/// Upper bounds of the classes of commit times, in seconds; one more class stands above the last.
inline constexpr std::array commit_time_bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                               0.05,   0.1,   0.25,   0.5,   1.0,  2.5};

/// How a store is doing.
struct store_state {
    bool is_available = true; ///< false: it writes nothing now, or has not answered for a second
    bool is_fenced = false;   ///< this node was declared lost: it will never write again
    std::size_t waiting = 0;  ///< operations in its queue
    std::size_t kept = 0;     ///< ends of calls that could not be written yet

    /// Transactions by the time from their beginning to their commit, since the start.
    std::array<std::uint64_t, commit_time_bounds.size() + 1> commits{};
    double commit_seconds = 0; ///< the sum of these times
};

} // namespace ringback::ports
