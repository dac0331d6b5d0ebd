#include "store/sql/ledger_rows.hpp"

#include "store/sql/statement.hpp"

#include <functional>
#include <stdexcept>
#include <utility>

namespace ringback::store {

namespace {

constexpr std::string_view move_sql =
    "UPDATE accounts SET coins = :balance WHERE id = :account_id AND coins + :amount = :balance";
constexpr std::string_view move_house_sql = "UPDATE house_accounts SET balance = balance - :amount WHERE name = :house";
constexpr std::string_view append_sql =
    "INSERT INTO ledger (account_id, house_account, call_id, amount, balance, reason, created_at, idempotency_key) "
    "VALUES (:account_id, :house, :call_id, :amount, :balance, :reason, :created_at, :key)";
constexpr std::string_view find_sql =
    "SELECT entry_id, account_id, call_id, amount, balance, reason, created_at FROM ledger "
    "WHERE account_id = :account_id AND idempotency_key = :key";
constexpr std::string_view list_sql =
    "SELECT entry_id, account_id, call_id, amount, balance, reason, created_at FROM ledger "
    "WHERE account_id = :account_id AND entry_id < :before ORDER BY entry_id DESC LIMIT :limit";

} // namespace

std::string_view to_string(house_account a) noexcept { return a == house_account::calls ? "calls" : "coins"; }

void ledger_rows::row::define(soci::statement& query) {
    out(id)(query);
    out(account)(query);
    out(call)(query);
    out(amount)(query);
    out(balance)(query);
    out(reason)(query);
    out(created_at)(query);
}

ports::ledger_entry ledger_rows::row::read() const {
    ports::ledger_entry e;
    e.id = id;
    e.account = readable(account_id::parse(account), "account id");
    if (call.has_value()) e.call = readable(call_id::parse(call.value), "call id");
    e.amount = amount;
    e.balance = balance;
    e.reason = reason;
    e.created_at = time_of(created_at);
    return e;
}

ledger_rows::ledger_rows(soci::session& sql)
    : move_{prepared(sql, move_sql, in(in_.balance, "balance"), in(in_.account, "account_id"),
                     in(in_.amount, "amount"))},
      move_house_{prepared(sql, move_house_sql, in(in_.amount, "amount"), in(house_, "house"))},
      append_{prepared(sql, append_sql, in(in_.account, "account_id"), in(house_, "house"), in(in_.call, "call_id"),
                       in(in_.amount, "amount"), in(in_.balance, "balance"), in(in_.reason, "reason"),
                       in(in_.created_at, "created_at"), in(in_.key, "key"))},
      find_{prepared(sql, find_sql, std::bind_front(&row::define, &out_), in(in_.account, "account_id"),
                     in(in_.key, "key"))},
      list_{prepared(sql, list_sql, std::bind_front(&row::define, &out_), in(in_.account, "account_id"),
                     in(in_.id, "before"), in(limit_, "limit"))} {}

void ledger_rows::append(new_entry const& entry) {
    in_.account = entry.account;
    set(in_.call, entry.call);
    auto const house = entry.call ? house_account::calls : house_account::coins;
    house_ = to_string(house);
    in_.amount = entry.amount;
    in_.balance = entry.balance;
    in_.reason = entry.reason;
    in_.created_at = to_column(entry.created_at);
    set(in_.key, entry.key);
    if (run(move_) != 1) throw std::runtime_error("the coins of an account were moved meanwhile");
    run(append_);
    owed_[static_cast<std::size_t>(house)] += entry.amount;
}

void ledger_rows::settle_with_house() {
    for (auto house : {house_account::calls, house_account::coins}) {
        in_.amount = std::exchange(owed_[static_cast<std::size_t>(house)], 0);
        if (in_.amount == 0) continue;
        house_ = to_string(house);
        if (run(move_house_) != 1) throw std::runtime_error("an account of the house is missing");
    }
}

std::optional<ports::ledger_entry> ledger_rows::find(account_id const& account, std::string_view key) {
    in_.account = account.text();
    set(in_.key, key);
    std::optional<ports::ledger_entry> found;
    for_each_row(find_, [&] { found = out_.read(); });
    return found;
}

std::vector<ports::ledger_entry> ledger_rows::of(account_id const& account, integer before, std::uint32_t limit) {
    in_.account = account.text();
    in_.id = before;
    limit_ = limit;
    std::vector<ports::ledger_entry> found;
    for_each_row(list_, [&] { found.push_back(out_.read()); });
    return found;
}

} // namespace ringback::store
