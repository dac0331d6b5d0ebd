#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "ports/call_store.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::store {

/// An entry to be appended.
struct new_entry {
    std::string_view account;
    std::optional<std::string_view> call;
    std::int64_t amount = 0;  ///< below 0: spent
    std::int64_t balance = 0; ///< of the account, afterwards
    std::string_view reason;
    wall_time created_at{};
    std::optional<std::string_view> key{}; ///< no other entry of the account has it
};

/// The other side of every movement, so that nothing comes from nowhere: what calls take and give stands in one account
/// of the house, coins that are bought, granted and taken back in the other.
enum class house_account : std::uint8_t { calls, coins };
[[nodiscard]] std::string_view to_string(house_account a) noexcept;

/// The table `ledger`, which is only ever appended to, and what it moves: the coins of accounts, which are the balance
/// of the account's last entry, and `house_accounts`. An entry is a movement between one of each, `amount` to the
/// account and from the house's: calls' when it names a call, coins' otherwise.
class ledger_rows {
public:
    explicit ledger_rows(soci::session& sql);
    ledger_rows(ledger_rows const&) = delete; // the statements hold the addresses of members
    ledger_rows& operator=(ledger_rows const&) = delete;

    /// Moves the coins and appends the entry. Throws std::runtime_error when the account does not have what the entry
    /// starts from, because another session moved coins since they were read; then the transaction is to be tried
    /// again.
    void append(new_entry const& entry);
    /// Moves what the entries of this transaction have moved from the house, as its last change: these two rows are
    /// everybody's, and whoever waited for another one while he has them would stop all nodes.
    void settle_with_house();
    void rolled_back() noexcept { owed_ = {}; }

    /// The entry of the account that was appended with this key.
    [[nodiscard]] std::optional<ports::ledger_entry> find(account_id const& account, std::string_view key);
    /// The entries of an account before the one of this number, newest first.
    [[nodiscard]] std::vector<ports::ledger_entry> of(account_id const& account, integer before, std::uint32_t limit);

private:
    struct row {
        std::string account, reason;
        nullable<std::string> call, key;
        integer id = 0, amount = 0, balance = 0, created_at = 0;

        void define(soci::statement& query);
        [[nodiscard]] ports::ledger_entry read() const;
    };

    row in_, out_;
    integer limit_ = 0;
    std::array<integer, 2> owed_{}; ///< by the house's accounts, in this transaction
    std::string house_;
    soci::statement move_, move_house_, append_, find_, list_;
};

} // namespace ringback::store
