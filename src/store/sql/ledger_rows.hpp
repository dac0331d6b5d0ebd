#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "ports/call_store.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

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

/// The table `ledger`, which is only ever appended to, and the coins of accounts, which nothing else moves: they are
/// the balance of the account's last entry.
class ledger_rows {
public:
    explicit ledger_rows(soci::session& sql);
    ledger_rows(ledger_rows const&) = delete; // the statements hold the addresses of members
    ledger_rows& operator=(ledger_rows const&) = delete;

    /// Moves the coins and appends the entry. Throws std::runtime_error when the account does not have what the entry
    /// starts from, because another session moved coins since they were read; then the transaction is to be tried
    /// again.
    void append(new_entry const& entry);

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
    soci::statement move_, append_, find_, list_;
};

} // namespace ringback::store
