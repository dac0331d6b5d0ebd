#pragma once

#include "base/clock.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace ringback::store {

/// One movement of coins.
struct ledger_entry {
    std::string_view account;
    std::string_view call;
    std::int64_t amount = 0;  ///< below 0: spent
    std::int64_t balance = 0; ///< of the account, afterwards
    std::string_view reason;
    wall_time created_at{};
};

/// The table `ledger`, which is only ever appended to, and the coins of accounts, which nothing else moves: they are
/// the balance of the account's last entry.
class ledger_rows {
public:
    explicit ledger_rows(soci::session& sql);
    ledger_rows(ledger_rows const&) = delete; // the statement holds the addresses of members
    ledger_rows& operator=(ledger_rows const&) = delete;

    /// Moves the coins and appends the entry. Throws std::runtime_error when the account does not have what the entry
    /// starts from, because another session moved coins since they were read; then the transaction is to be tried
    /// again.
    void append(ledger_entry const& entry);

private:
    std::string account_, call_, reason_;
    integer amount_ = 0, balance_ = 0, created_at_ = 0;
    soci::statement move_, append_;
};

} // namespace ringback::store
