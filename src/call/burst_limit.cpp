#include "call/burst_limit.hpp"

#include <algorithm>
#include <chrono>

namespace ringback::call {

bool burst_limit::take(std::uint32_t per_second, mono_time now) {
    if (per_second == 0) return true;
    left_ = std::min(burst, left_ + std::chrono::duration<double>(now - since_).count() * per_second);
    since_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
}

} // namespace ringback::call
