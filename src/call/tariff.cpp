#include "call/tariff.hpp"

#include <algorithm>

namespace ringback::call {

namespace {
constexpr std::chrono::seconds longest_call{std::chrono::days{3650}};
}

figures bill(rates const& r, mono_time accepted, mono_time ended, end_reason reason) noexcept {
    auto duration = std::chrono::floor<std::chrono::seconds>(std::max(ended - accepted, mono_time::duration::zero()));
    bool is_free = reason == end_reason::cancelled_late || reason == end_reason::setup_failed;
    std::int64_t billed = is_free ? 0 : duration.count();
    return {duration.count(), billed * r.user, billed * r.telecaller};
}

std::optional<std::chrono::seconds> paid_time(std::int64_t balance, std::int64_t rate) noexcept {
    if (rate <= 0) return std::nullopt;
    return std::min(std::chrono::seconds{std::max<std::int64_t>(balance, 0) / rate}, longest_call);
}

bool can_afford(std::int64_t balance, std::int64_t rate, std::chrono::seconds minimum) noexcept {
    auto paid = paid_time(balance, rate);
    return !paid || *paid >= minimum;
}

} // namespace ringback::call
