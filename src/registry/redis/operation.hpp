#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringback::registry {

/// What the round trips of a node are for.
enum class operation : std::uint8_t {
    add_device,
    remove_device,
    end_linger,
    claim,
    take_over,
    mark_accepted,
    release,
    forget_call,
    find_call,
    active_call_of,
    keep_final_event,
    presence_of,
    present_in,
    present_among,
    counts,
    take_attempt,
    tick,
    rebuild ///< joining, telling what is held, dropping a node, hearing what was missed
};
inline constexpr std::size_t operation_count = 18;
[[nodiscard]] std::string_view to_string(operation o) noexcept; ///< add_device …

} // namespace ringback::registry
