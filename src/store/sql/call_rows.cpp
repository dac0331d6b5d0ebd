#include "store/sql/call_rows.hpp"

#include "store/sql/statement.hpp"

#include <algorithm>
#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view claim_sql =
    "INSERT INTO active_parties (account_id, call_id) VALUES (:account_id, :id) ON CONFLICT DO NOTHING";
constexpr std::string_view free_sql = "DELETE FROM active_parties WHERE account_id = :account_id AND call_id = :id";
constexpr std::string_view open_sql =
    "INSERT INTO calls (id, type, caller_id, caller_realm, callee_id, callee_realm, status, created_at, expires_at, "
    "home_node) VALUES (:id, :type, :caller_id, :caller_realm, :callee_id, :callee_realm, 'RINGING', :created_at, "
    ":expires_at, :home_node) "
    "ON CONFLICT (id) DO NOTHING";
constexpr std::string_view insert_busy_sql =
    "INSERT INTO calls (id, type, caller_id, caller_realm, callee_id, callee_realm, status, reason, created_at, "
    "expires_at, ended_at) VALUES (:id, :type, :caller_id, :caller_realm, :callee_id, :callee_realm, 'MISSED', 'busy', "
    ":created_at, :expires_at, :ended_at) ON CONFLICT (id) DO NOTHING";
constexpr std::string_view adopt_sql =
    "UPDATE calls SET home_node = :home_node WHERE id = :id AND status = 'RINGING' AND home_node <> :home_node";
constexpr std::string_view answer_sql =
    "UPDATE calls SET status = 'ACCEPTED', accepted_at = :accepted_at, user_rate = :user_rate, "
    "telecaller_rate = :telecaller_rate WHERE id = :id AND status = 'RINGING'";
constexpr std::string_view take_back_sql =
    "UPDATE calls SET status = 'RINGING', accepted_at = NULL, user_rate = 0, telecaller_rate = 0 "
    "WHERE id = :id AND status = 'ACCEPTED' AND accepted_at = :accepted_at";
constexpr std::string_view complete_sql =
    "UPDATE calls SET status = 'COMPLETED', reason = :reason, accepted_at = :accepted_at, ended_at = :ended_at, "
    "user_rate = :user_rate, telecaller_rate = :telecaller_rate, duration_s = :duration_s, "
    "coins_spent = :coins_spent, coins_earned = :coins_earned, coins_unpaid = :coins_unpaid "
    "WHERE id = :id AND status IN ('RINGING', 'ACCEPTED')";
// A closing is complete in itself: what an answer that came to nothing had written goes too.
constexpr std::string_view give_up_sql =
    "UPDATE calls SET status = :status, reason = :reason, accepted_at = NULL, ended_at = :ended_at, user_rate = 0, "
    "telecaller_rate = 0 WHERE id = :id AND status IN ('RINGING', 'ACCEPTED')";
constexpr std::string_view parties_sql =
    "SELECT c.caller_id, c.caller_realm, p.coins, c.callee_id, c.callee_realm, q.coins FROM calls c "
    "JOIN accounts p ON p.id = c.caller_id JOIN accounts q ON q.id = c.callee_id "
    "WHERE c.id = :id AND c.status IN ('RINGING', 'ACCEPTED') {for_update}";

} // namespace

call_rows::call_rows(soci::session& sql)
    : open_{prepared(sql, open_sql, in(in_.id, "id"), in(in_.type, "type"), in(in_.caller, "caller_id"),
                     in(in_.caller_realm, "caller_realm"), in(in_.callee, "callee_id"),
                     in(in_.callee_realm, "callee_realm"), in(in_.created_at, "created_at"),
                     in(in_.expires_at, "expires_at"), in(in_.home_node, "home_node"))},
      insert_busy_{prepared(sql, insert_busy_sql, in(in_.id, "id"), in(in_.type, "type"), in(in_.caller, "caller_id"),
                            in(in_.caller_realm, "caller_realm"), in(in_.callee, "callee_id"),
                            in(in_.callee_realm, "callee_realm"), in(in_.created_at, "created_at"),
                            in(in_.expires_at, "expires_at"), in(in_.ended_at, "ended_at"))},
      adopt_{prepared(sql, adopt_sql, in(in_.home_node, "home_node"), in(in_.id, "id"))},
      answer_{prepared(sql, answer_sql, in(in_.accepted_at, "accepted_at"), in(in_.user_rate, "user_rate"),
                       in(in_.telecaller_rate, "telecaller_rate"), in(in_.id, "id"))},
      take_back_{prepared(sql, take_back_sql, in(in_.id, "id"), in(in_.accepted_at, "accepted_at"))},
      complete_{prepared(sql, complete_sql, in(in_.reason, "reason"), in(in_.accepted_at, "accepted_at"),
                         in(in_.ended_at, "ended_at"), in(in_.user_rate, "user_rate"),
                         in(in_.telecaller_rate, "telecaller_rate"), in(in_.duration_s, "duration_s"),
                         in(in_.coins_spent, "coins_spent"), in(in_.coins_earned, "coins_earned"),
                         in(in_.coins_unpaid, "coins_unpaid"), in(in_.id, "id"))},
      give_up_{prepared(sql, give_up_sql, in(in_.status, "status"), in(in_.reason, "reason"),
                        in(in_.ended_at, "ended_at"), in(in_.id, "id"))},
      parties_{prepared(sql, parties_sql, out(out_.caller), out(out_.caller_realm), out(out_.caller_coins),
                        out(out_.callee), out(out_.callee_realm), out(out_.callee_coins), in(in_.id, "id"))},
      claim_{prepared(sql, claim_sql, in(party_, "account_id"), in(in_.id, "id"))},
      free_{prepared(sql, free_sql, in(party_, "account_id"), in(in_.id, "id"))} {}

bool call_rows::claim(std::string const& account) {
    party_ = account;
    return run(claim_) == 1;
}

void call_rows::free(std::string const& account) {
    party_ = account;
    run(free_);
}

void call_rows::take(call::call_facts const& facts) {
    in_.id = facts.id.text();
    in_.type = call::to_string(facts.type);
    in_.caller = facts.caller.who.id.text();
    in_.caller_realm = call::to_string(facts.caller.realm);
    in_.callee = facts.callee.who.id.text();
    in_.callee_realm = call::to_string(facts.callee.realm);
    in_.created_at = to_column(facts.created_at);
    in_.expires_at = to_column(facts.expires_at);
}

bool call_rows::insert_busy(call::call_facts const& facts, wall_time ended_at) {
    take(facts);
    in_.ended_at = to_column(ended_at);
    return run(insert_busy_) == 1;
}

bool call_rows::open(call::call_facts const& facts, integer home) {
    take(facts);
    in_.home_node = home;
    // In one order, so that of two nodes none waits for the other while two peers call each other.
    auto const& [first, second] = std::minmax(in_.caller, in_.callee);
    if (!claim(first)) return false;
    if (!claim(second)) {
        free(first);
        return false;
    }
    if (run(open_) == 1) return true;
    free(in_.caller);
    free(in_.callee);
    return false;
}

bool call_rows::adopt(call_id const& id, integer home) {
    in_.id = id.text();
    in_.home_node = home;
    return run(adopt_) == 1;
}

bool call_rows::answer(call_id const& id, call::answering const& what) {
    in_.id = id.text();
    set(in_.accepted_at, what.accepted_at);
    in_.user_rate = what.rates.user;
    in_.telecaller_rate = what.rates.telecaller;
    return run(answer_) == 1;
}

bool call_rows::take_back(call_id const& id, call::answering const& what) {
    in_.id = id.text();
    set(in_.accepted_at, what.accepted_at);
    return run(take_back_) == 1;
}

std::optional<active_parties> call_rows::parties_of(call_id const& id) {
    in_.id = id.text();
    std::optional<active_parties> found;
    for_each_row(parties_, [&] {
        found = {{out_.caller, readable(call::parse_realm(out_.caller_realm), "realm"), out_.caller_coins},
                 {out_.callee, readable(call::parse_realm(out_.callee_realm), "realm"), out_.callee_coins}};
    });
    return found;
}

bool call_rows::close(call_id const& id, call::closing const& what, active_parties const& parties,
                      std::int64_t coins_unpaid) {
    in_.id = id.text();
    in_.status = call::to_string(what.status);
    in_.reason = call::to_string(what.reason);
    in_.ended_at = to_column(what.ended_at);
    bool is_closed = false;
    if (what.status == call::call_status::completed) {
        set(in_.accepted_at, what.accepted_at);
        in_.user_rate = what.rates.user;
        in_.telecaller_rate = what.rates.telecaller;
        in_.duration_s = what.figures.duration_s;
        in_.coins_spent = what.figures.coins_spent;
        in_.coins_earned = what.figures.coins_earned;
        in_.coins_unpaid = coins_unpaid;
        is_closed = run(complete_) == 1;
    } else {
        is_closed = run(give_up_) == 1;
    }
    if (!is_closed) return false;
    free(parties.caller.account);
    free(parties.callee.account);
    return true;
}

} // namespace ringback::store
