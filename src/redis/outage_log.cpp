#include "redis/outage_log.hpp"

#include "base/log.hpp"

namespace ringback::redis {
namespace {

constexpr std::size_t max_reasons = 8; ///< reasons may hold what a server says, which has no end

} // namespace

void outage_log::begin(std::string const& reason) {
    std::lock_guard lock{mutex_};
    ++away_;
    write_once(reason);
}

void outage_log::go_on(std::string const& reason) {
    std::lock_guard lock{mutex_};
    write_once(reason);
}

void outage_log::end() {
    std::lock_guard lock{mutex_};
    if (--away_ > 0) return;
    reasons_.clear();
    spdlog::info("{}: available again", what_);
}

void outage_log::leave() {
    std::lock_guard lock{mutex_};
    if (--away_ == 0) reasons_.clear();
}

void outage_log::write_once(std::string const& reason) {
    if (reasons_.size() < max_reasons && reasons_.insert(reason).second)
        spdlog::warn("{}: not available: {}", what_, reason);
}

} // namespace ringback::redis
