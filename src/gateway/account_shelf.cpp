#include "gateway/account_shelf.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

/// How many entries one insertion may look at: enough to make room as fast as it is used, and never a long section.
constexpr int eviction_steps = 8;

} // namespace

account_ptr account_directory::shelf::copy_of(account_id const& id) const {
    std::lock_guard lock{mutex_};
    auto at = entries_.find(id);
    return at == entries_.end() ? nullptr : at->second.copy;
}

bool account_directory::shelf::join_read(account_id const& id, waiter& who) {
    std::lock_guard lock{mutex_};
    auto newest = newest_read_.find(id);
    if (newest == newest_read_.end()) return false;
    reads_.at(newest->second).waiters.push_back(std::move(who));
    return true;
}

std::uint64_t account_directory::shelf::begin_read(account_id const& id, waiter who) {
    std::lock_guard lock{mutex_};
    std::uint64_t number = ++last_read_;
    pending& p = reads_[number];
    p.id = id;
    p.waiters.push_back(std::move(who));
    newest_read_[id] = number;
    return number;
}

void account_directory::shelf::end_read(std::uint64_t number, account_id const& id,
                                        ports::read_result<std::optional<call::account>> answer) {
    found result;
    if (!answer)
        result = std::unexpected{answer.error()};
    else if (*answer)
        result = std::make_shared<call::account const>(**std::move(answer));

    std::vector<waiter> waiters;
    {
        std::lock_guard lock{mutex_};
        waiters = std::move(reads_.extract(number).mapped().waiters);
        if (auto newest = newest_read_.find(id); newest != newest_read_.end() && newest->second == number)
            newest_read_.erase(newest);
        if (result && *result) keep(id, *result, number);
    }
    for (waiter& w : waiters)
        links_->post(w.shard, [done = std::move(w.done), result]() mutable { done(std::move(result)); });
}

void account_directory::shelf::keep(account_id const& id, account_ptr copy, std::uint64_t read) {
    auto [at, is_new] = entries_.try_emplace(id);
    if (at->second.read > read) return;
    at->second = {std::move(copy), read};
    if (!is_new) return;
    by_age_.push_back(&at->first);
    evict();
}

void account_directory::shelf::evict() {
    for (int step = 0; step < eviction_steps && entries_.size() > capacity_; ++step) {
        account_id const* oldest = by_age_.front();
        by_age_.pop_front();
        auto at = entries_.find(*oldest);
        // Somebody who holds a copy would miss what changes in the account.
        if (at->second.copy.use_count() > 1)
            by_age_.push_back(oldest);
        else
            entries_.erase(at);
    }
}

void account_directory::shelf::forget_all() {
    std::lock_guard lock{mutex_};
    by_age_.clear();
    entries_.clear();
}

std::size_t account_directory::shelf::size() const {
    std::lock_guard lock{mutex_};
    return entries_.size();
}

} // namespace ringback::gateway
