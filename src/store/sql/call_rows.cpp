#include "store/sql/call_rows.hpp"

#include "store/sql/statement.hpp"

#include <string_view>

namespace ringback::store {

namespace {

// Looking first makes a conflict an insert of no row instead of an error, which would undo what it shares a transaction
// with. The keys of calls and active_parties decide all the same should two databases' sessions race.
constexpr std::string_view open_sql =
    "INSERT INTO calls (id, type, caller_id, caller_realm, callee_id, callee_realm, status, created_at, expires_at) "
    "SELECT :id, :type, :caller_id, :caller_realm, :callee_id, :callee_realm, 'RINGING', :created_at, :expires_at "
    "WHERE NOT EXISTS (SELECT 1 FROM active_parties WHERE account_id IN (:caller_id, :callee_id)) "
    "ON CONFLICT (id) DO NOTHING";
constexpr std::string_view answer_sql =
    "UPDATE calls SET status = 'ACCEPTED', accepted_at = :accepted_at, user_rate = :user_rate, "
    "telecaller_rate = :telecaller_rate WHERE id = :id AND status = 'RINGING'";
constexpr std::string_view complete_sql =
    "UPDATE calls SET status = 'COMPLETED', reason = :reason, accepted_at = :accepted_at, ended_at = :ended_at, "
    "user_rate = :user_rate, telecaller_rate = :telecaller_rate, duration_s = :duration_s, "
    "coins_spent = :coins_spent, coins_earned = :coins_earned, coins_unpaid = :coins_unpaid "
    "WHERE id = :id AND status IN ('RINGING', 'ACCEPTED')";
// A closing is complete in itself: what an answer that came to nothing had written goes too.
constexpr std::string_view give_up_sql =
    "UPDATE calls SET status = :status, reason = :reason, accepted_at = NULL, ended_at = :ended_at, user_rate = 0, "
    "telecaller_rate = 0 WHERE id = :id AND status IN ('RINGING', 'ACCEPTED')";
constexpr std::string_view to_be_billed_sql =
    "SELECT c.caller_id, c.callee_id, p.coins, q.coins FROM calls c JOIN accounts p ON p.id = c.caller_id "
    "JOIN accounts q ON q.id = c.callee_id WHERE c.id = :id AND c.status IN ('RINGING', 'ACCEPTED') "
    "AND c.caller_realm = 'user' AND c.callee_realm = 'telecaller'";

} // namespace

call_rows::call_rows(soci::session& sql)
    : open_{prepared(sql, open_sql, in(in_.id, "id"), in(in_.type, "type"), in(in_.caller, "caller_id"),
                     in(in_.caller_realm, "caller_realm"), in(in_.callee, "callee_id"),
                     in(in_.callee_realm, "callee_realm"), in(in_.created_at, "created_at"),
                     in(in_.expires_at, "expires_at"))},
      answer_{prepared(sql, answer_sql, in(in_.accepted_at, "accepted_at"), in(in_.user_rate, "user_rate"),
                       in(in_.telecaller_rate, "telecaller_rate"), in(in_.id, "id"))},
      complete_{prepared(sql, complete_sql, in(in_.reason, "reason"), in(in_.accepted_at, "accepted_at"),
                         in(in_.ended_at, "ended_at"), in(in_.user_rate, "user_rate"),
                         in(in_.telecaller_rate, "telecaller_rate"), in(in_.duration_s, "duration_s"),
                         in(in_.coins_spent, "coins_spent"), in(in_.coins_earned, "coins_earned"),
                         in(in_.coins_unpaid, "coins_unpaid"), in(in_.id, "id"))},
      give_up_{prepared(sql, give_up_sql, in(in_.status, "status"), in(in_.reason, "reason"),
                        in(in_.ended_at, "ended_at"), in(in_.id, "id"))},
      to_be_billed_{prepared(sql, to_be_billed_sql, out(parties_.caller), out(parties_.callee),
                             out(parties_.caller_coins), out(parties_.callee_coins), in(in_.id, "id"))} {}

bool call_rows::open(call::call_facts const& facts) {
    in_.id = facts.id.text();
    in_.type = call::to_string(facts.type);
    in_.caller = facts.caller.who.id.text();
    in_.caller_realm = call::to_string(facts.caller.realm);
    in_.callee = facts.callee.who.id.text();
    in_.callee_realm = call::to_string(facts.callee.realm);
    in_.created_at = to_column(facts.created_at);
    in_.expires_at = to_column(facts.expires_at);
    return run(open_) == 1;
}

bool call_rows::answer(call_id const& id, call::answering const& what) {
    in_.id = id.text();
    set(in_.accepted_at, what.accepted_at);
    in_.user_rate = what.rates.user;
    in_.telecaller_rate = what.rates.telecaller;
    return run(answer_) == 1;
}

bool call_rows::close(call_id const& id, call::closing const& what, std::int64_t coins_unpaid) {
    in_.id = id.text();
    in_.status = call::to_string(what.status);
    in_.reason = call::to_string(what.reason);
    in_.ended_at = to_column(what.ended_at);
    if (what.status != call::call_status::completed) return run(give_up_) == 1;
    set(in_.accepted_at, what.accepted_at);
    in_.user_rate = what.rates.user;
    in_.telecaller_rate = what.rates.telecaller;
    in_.duration_s = what.figures.duration_s;
    in_.coins_spent = what.figures.coins_spent;
    in_.coins_earned = what.figures.coins_earned;
    in_.coins_unpaid = coins_unpaid;
    return run(complete_) == 1;
}

std::optional<billed_parties> call_rows::to_be_billed(call_id const& id) {
    in_.id = id.text();
    std::optional<billed_parties> found;
    for_each_row(to_be_billed_,
                 [&] { found = {parties_.caller, parties_.callee, parties_.caller_coins, parties_.callee_coins}; });
    return found;
}

} // namespace ringback::store
