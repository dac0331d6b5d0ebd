#include "media/livekit/circuit_breaker.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace ringback::media {

void circuit_breaker::failed(mono_time now) {
    ++failures_;
    if (is_open()) probe_at_ = now + backoff(failures_ - config_.failures_to_open + 1);
}

std::chrono::milliseconds circuit_breaker::backoff(unsigned failures) {
    constexpr unsigned max_doublings = 20; // beyond every sensible maximum, and far from an overflow
    auto longest = std::min(config_.max_backoff,
                            config_.first_backoff * (std::int64_t{1} << std::min(failures - 1, max_doublings)));
    std::uniform_int_distribution<std::int64_t> jitter{longest.count() / 2, longest.count()};
    return std::chrono::milliseconds{jitter(random_)};
}

std::uint64_t random_seed() {
    std::array<std::byte, sizeof(std::uint64_t)> bytes{};
    fill_random(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

} // namespace ringback::media
