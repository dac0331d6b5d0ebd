#include "store/sql/session_rows.hpp"

#include "store/sql/statement.hpp"

#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view limit_left_sql =
    "UPDATE sessions SET good_until = :until WHERE hash IN (SELECT s.hash FROM nodes h JOIN sessions s "
    "ON s.home_node = h.number WHERE h.taken_by = :taker AND s.good_until IS NULL AND s.home_node <> 0 LIMIT :most)";

} // namespace

session_rows::session_rows(soci::session& sql)
    : insert_{prepared(sql,
                       "INSERT INTO sessions (hash, account_id, home_node) VALUES (:hash, :account_id, :home_node) "
                       "ON CONFLICT DO NOTHING",
                       in(hash_, "hash"), in(account_, "account_id"), in(node_, "home_node"))},
      remove_{prepared(sql, "DELETE FROM sessions WHERE hash = :hash", in(hash_, "hash"))},
      let_expire_{prepared(sql, "UPDATE sessions SET good_until = :until WHERE hash = :hash", in(at_, "until"),
                           in(hash_, "hash"))},
      forget_{prepared(sql, "DELETE FROM sessions WHERE good_until <= :then", in(at_, "then"))},
      limit_{prepared(sql, "UPDATE sessions SET good_until = :until", in(at_, "until"))},
      all_{prepared(sql, "SELECT hash, account_id FROM sessions", out(hash_), out(account_))},
      take_{prepared(sql,
                     "DELETE FROM sessions WHERE hash = :hash AND account_id = :account_id "
                     "AND (good_until IS NULL OR good_until > :now) RETURNING home_node",
                     out(node_), in(hash_, "hash"), in(account_, "account_id"), in(at_, "now"))},
      find_{prepared(sql, "SELECT hash FROM sessions WHERE hash = :hash AND account_id = :account_id", out(found_),
                     in(hash_, "hash"), in(account_, "account_id"))},
      limit_left_{prepared(sql, limit_left_sql, in(at_, "until"), in(node_, "taker"), in(most_, "most"))} {}

void session_rows::insert(std::string const& hash, account_id const& account, integer node) {
    hash_ = hash;
    account_ = account.text();
    node_ = node;
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

ports::session_answer session_rows::take(std::string const& hash, account_id const& account, wall_time now) {
    using enum ports::session_state;
    hash_ = hash;
    account_ = account.text();
    at_ = to_column(now);
    ports::session_answer answer;
    for_each_row(take_, [&] { answer = {taken, static_cast<std::uint32_t>(node_)}; });
    if (answer.state == taken) return answer;
    for_each_row(find_, [&] { answer.state = expired; });
    return answer;
}

bool session_rows::limit_left(integer taker, wall_time until, std::uint32_t most) {
    at_ = to_column(until);
    node_ = taker;
    most_ = most;
    return run(limit_left_) == most_;
}

std::vector<ports::inheritance::session> session_rows::inherit(wall_time until) {
    at_ = to_column(until);
    run(limit_);
    std::vector<ports::inheritance::session> found;
    for_each_row(all_, [&] { found.push_back({hash_, readable(account_id::parse(account_), "account id")}); });
    return found;
}

} // namespace ringback::store
