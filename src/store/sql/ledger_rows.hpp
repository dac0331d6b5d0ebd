#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
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

/// The table `ledger`: only ever appended to. A trigger sets the coins of the account to the entry's balance, so that
/// there is no other way to move them and no entry without its movement.
class ledger_rows {
public:
    explicit ledger_rows(soci::session& sql);
    ledger_rows(ledger_rows const&) = delete; // the statement holds the addresses of members
    ledger_rows& operator=(ledger_rows const&) = delete;

    void append(ledger_entry const& entry);

private:
    std::string account_, call_, reason_;
    integer amount_ = 0, balance_ = 0, created_at_ = 0;
    soci::statement append_, move_;
};

} // namespace ringback::store
