#include "call/rate_limit.hpp"

#include <chrono>
#include <iterator>

namespace ringback::call {

namespace {
constexpr std::chrono::minutes window{1};
}

bool rate_limiter::take(std::string_view key, std::uint32_t limit, mono_time now) {
    if (limit == 0) return true;
    forget_quiet(now);
    auto known = keys_.find(key);
    if (known == keys_.end()) {
        if (keys_.size() >= max_keys_) forget_oldest();
        by_age_.push_back({std::string{key}, {now}});
        keys_.emplace(by_age_.back().key, std::prev(by_age_.end()));
        return true;
    }
    auto& admitted = known->second->admitted;
    std::erase_if(admitted, [&](mono_time t) { return t <= now - window; });
    if (admitted.size() >= limit) return false;
    admitted.push_back(now);
    by_age_.splice(by_age_.end(), by_age_, known->second);
    return true;
}

void rate_limiter::forget_quiet(mono_time now) {
    while (!by_age_.empty() && by_age_.front().admitted.back() <= now - window)
        forget_oldest();
}

void rate_limiter::forget_oldest() {
    if (by_age_.empty()) return;
    keys_.erase(by_age_.front().key);
    by_age_.pop_front();
}

} // namespace ringback::call
