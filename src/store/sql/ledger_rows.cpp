#include "store/sql/ledger_rows.hpp"

#include "store/sql/statement.hpp"

#include <stdexcept>

namespace ringback::store {

namespace {

constexpr std::string_view move_sql =
    "UPDATE accounts SET coins = :balance WHERE id = :account_id AND coins = :balance - :amount";
constexpr std::string_view append_sql = "INSERT INTO ledger (account_id, call_id, amount, balance, reason, created_at) "
                                        "VALUES (:account_id, :call_id, :amount, :balance, :reason, :created_at)";

} // namespace

ledger_rows::ledger_rows(soci::session& sql)
    : move_{prepared(sql, move_sql, in(balance_, "balance"), in(account_, "account_id"), in(amount_, "amount"))},
      append_{prepared(sql, append_sql, in(account_, "account_id"), in(call_, "call_id"), in(amount_, "amount"),
                       in(balance_, "balance"), in(reason_, "reason"), in(created_at_, "created_at"))} {}

void ledger_rows::append(ledger_entry const& entry) {
    account_ = entry.account;
    call_ = entry.call;
    amount_ = entry.amount;
    balance_ = entry.balance;
    reason_ = entry.reason;
    created_at_ = to_column(entry.created_at);
    if (run(move_) != 1) throw std::runtime_error("the coins of an account were moved meanwhile");
    run(append_);
}

} // namespace ringback::store
