#pragma once

#include "auth/claims.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/account.hpp"
#include "gateway/config.hpp"
#include "gateway/shard_links.hpp"
#include "ports/call_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace ringback::gateway {

/// A copy of an account as the store had it. Coins in it may be old: only the store decides on coins.
using account_ptr = std::shared_ptr<call::account const>;

[[nodiscard]] call::role role_of(auth::account_role r) noexcept;

/// What the shards know of accounts, so that events and reconnecting clients do not ask the store each time. One for
/// all shards, thread-safe. Completions run on the shard that asked: within the call when the answer is at hand.
///
/// The store may outlive the directory: its answers then go nowhere.
class account_directory {
public:
    /// Null: there is no such account.
    using found = ports::read_result<account_ptr>;

    account_directory(gateway_config const& config, ports::call_store& store, std::shared_ptr<shard_links> links);
    account_directory(account_directory const&) = delete;
    account_directory& operator=(account_directory const&) = delete;

    /// The account from the cache, else from the store. Everyone who waits for one account shares one read.
    void find(std::uint32_t shard, account_id const& id, ports::completion<found> done);

    /// The account of a verified token. With provisioning "claims" a token that is newer than what the account was last
    /// written from creates or refreshes it first.
    void admit(std::uint32_t shard, auth::claims const& who, moment now, ports::completion<found> done);

    /// The write of an ADMIN: creates the account or changes it. Gives the account as it is afterwards, which every
    /// shard sees from then on.
    void write_by_admin(std::uint32_t shard, account_id const& id, call::account_patch patch, moment now,
                        ports::completion<found> done);

    /// The account from the store, whatever is known of it; it becomes the copy.
    void read(std::uint32_t shard, account_id const& id, ports::completion<found> done);

    /// Another node has written the account: what the store has now becomes the copy. Nothing when there is none, and
    /// nobody is told then.
    void read_again(std::uint32_t shard, account_id const& id, ports::completion<found> done);

    /// No copy is good any more.
    void forget_all();

    /// Is told, on the shard, of each account that a token has created or changed. Before the shards run.
    void on_refreshed(std::function<void(std::uint32_t shard, account_id const&)> hear) {
        on_refreshed_ = std::move(hear);
    }

    /// The newest copy that is at hand of the account of `held`; `held` itself when there is none.
    [[nodiscard]] account_ptr latest(account_ptr const& held) const;

    [[nodiscard]] std::size_t size() const;

private:
    class shelf;

    void refresh(std::uint32_t shard, auth::claims const& who, moment now, ports::completion<found> done);

    gateway_config const& config_;
    ports::call_store& store_;
    std::shared_ptr<shard_links> const links_;
    std::shared_ptr<shelf> shelf_;
    std::function<void(std::uint32_t, account_id const&)> on_refreshed_;
};

} // namespace ringback::gateway
