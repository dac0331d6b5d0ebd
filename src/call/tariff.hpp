#pragma once

#include "base/clock.hpp"
#include "call/call_types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ringback::call {

/// Coins per second, 0 to 1 000 000 (what the configuration admits, so that no product overflows).
struct rates {
    std::int64_t user = 0;       ///< what the caller spends
    std::int64_t telecaller = 0; ///< what the callee earns

    friend bool operator==(rates const&, rates const&) = default;
};

/// `billing.*_rate`, with its defaults.
struct tariff {
    rates audio{2, 1};
    rates video{3, 1};

    [[nodiscard]] rates const& of(call_type t) const noexcept { return t == call_type::audio ? audio : video; }
};

/// What a call came to. All 0 for one that was never accepted.
struct figures {
    std::int64_t duration_s = 0; ///< whole seconds from acceptance to end, rounded down
    std::int64_t coins_spent = 0;
    std::int64_t coins_earned = 0;

    friend bool operator==(figures const&, figures const&) = default;
};

/// The figures of a call that was accepted at `accepted` and ended at `ended` (contract section 3, Coins), by the
/// monotonic clock. An end before the acceptance (a party whose last packet is older) counts as 0 seconds. A call that
/// ended as `cancelled_late` or `setup_failed` keeps its duration and costs nothing.
[[nodiscard]] figures bill(rates const& r, mono_time accepted, mono_time ended, end_reason reason) noexcept;

/// For how long `balance` pays: ⌊balance ÷ rate⌋ seconds, at most 10 years; nullopt (for ever) when the rate is 0.
[[nodiscard]] std::optional<std::chrono::seconds> paid_time(std::int64_t balance, std::int64_t rate) noexcept;

/// Prepaid: whether `balance` pays for `minimum` of a call.
[[nodiscard]] bool can_afford(std::int64_t balance, std::int64_t rate, std::chrono::seconds minimum) noexcept;

} // namespace ringback::call
