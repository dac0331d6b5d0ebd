#include "store/sql/session_rows.hpp"

#include "store/sql/statement.hpp"

namespace ringback::store {

session_rows::session_rows(soci::session& sql)
    : insert_{prepared(sql,
                       "INSERT INTO sessions (hash, account_id) VALUES (:hash, :account_id) ON CONFLICT DO NOTHING",
                       in(hash_, "hash"), in(account_, "account_id"))},
      remove_{prepared(sql, "DELETE FROM sessions WHERE hash = :hash", in(hash_, "hash"))},
      let_expire_{prepared(sql, "UPDATE sessions SET good_until = :until WHERE hash = :hash", in(at_, "until"),
                           in(hash_, "hash"))},
      forget_{prepared(sql, "DELETE FROM sessions WHERE good_until <= :then", in(at_, "then"))},
      limit_{prepared(sql, "UPDATE sessions SET good_until = :until", in(at_, "until"))},
      all_{prepared(sql, "SELECT hash, account_id FROM sessions", out(hash_), out(account_))} {}

void session_rows::insert(std::string const& hash, account_id const& account) {
    hash_ = hash;
    account_ = account.text();
    run(insert_);
}

void session_rows::remove(std::string const& hash) {
    hash_ = hash;
    run(remove_);
}

void session_rows::let_expire(std::string const& hash, wall_time until) {
    hash_ = hash;
    at_ = to_column(until);
    run(let_expire_);
}

void session_rows::forget_old(wall_time then) {
    at_ = to_column(then);
    run(forget_);
}

std::vector<ports::inheritance::session> session_rows::inherit(wall_time until) {
    at_ = to_column(until);
    run(limit_);
    std::vector<ports::inheritance::session> found;
    for_each_row(all_, [&] { found.push_back({hash_, readable(account_id::parse(account_), "account id")}); });
    return found;
}

} // namespace ringback::store
