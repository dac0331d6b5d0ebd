#pragma once

#include "gateway/account_directory.hpp"

#include <deque>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace ringback::gateway {

/// The shared state of an account_directory: the copies, and who waits for which account. Held by every read that is
/// under way, so that a store which answers late finds it. Thread-safe; sections are short and call nobody.
class account_directory::shelf {
public:
    struct waiter {
        std::uint32_t shard;
        ports::completion<found> done;
    };

    shelf(std::size_t capacity, std::shared_ptr<shard_links> links) : capacity_{capacity}, links_{std::move(links)} {}

    /// Null when there is no copy.
    [[nodiscard]] account_ptr copy_of(account_id const& id) const;
    /// Adds `who` to the read of `id` that is under way. False: there is none, and `who` is left alone.
    [[nodiscard]] bool join_read(account_id const& id, waiter& who);
    /// A read that begins now; what follows joins it. Its number is for end_read.
    [[nodiscard]] std::uint64_t begin_read(account_id const& id, waiter who);
    /// The store's answer: it becomes the copy unless a read that began later has come back before.
    void end_read(std::uint64_t number, account_id const& id, ports::read_result<std::optional<call::account>> answer);
    void forget_all();
    [[nodiscard]] std::size_t size() const;

private:
    struct entry {
        account_ptr copy;
        std::uint64_t read = 0; ///< the number of the read that brought it
    };
    struct pending {
        account_id id;
        std::vector<waiter> waiters;
    };

    void keep(account_id const& id, account_ptr copy, std::uint64_t read);
    void evict();

    std::size_t const capacity_;
    std::shared_ptr<shard_links> const links_;
    mutable std::mutex mutex_; ///< guards all below
    std::unordered_map<account_id, entry> entries_;
    std::deque<account_id const*> by_age_; ///< every key of entries_ once: where eviction looks next is in front
    std::unordered_map<std::uint64_t, pending> reads_;
    std::unordered_map<account_id, std::uint64_t> newest_read_; ///< of those under way
    std::uint64_t last_read_ = 0;
};

} // namespace ringback::gateway
