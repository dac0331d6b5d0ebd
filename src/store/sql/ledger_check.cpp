#include "store/sql/ledger_check.hpp"

#include "store/sql/statement.hpp"

#include <fmt/format.h>

#include <optional>

namespace ringback::store {

namespace {

constexpr ledger_rule rules[] = {
    // The ledger in itself.
    {"account {0} has {1} coins, and its entries come to {2}",
     "SELECT a.id, a.coins, CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM accounts a "
     "LEFT JOIN ledger l ON l.account_id = a.id GROUP BY a.id, a.coins "
     "HAVING a.coins <> COALESCE(SUM(l.amount), 0) ORDER BY a.id"},
    {"entry {0} says a balance of {1}, and the entries up to it come to {2}",
     "SELECT CAST(entry_id AS TEXT), balance, total FROM (SELECT entry_id, balance, CAST(SUM(amount) OVER "
     "(PARTITION BY account_id ORDER BY entry_id) AS BIGINT) AS total FROM ledger) AS l "
     "WHERE balance <> total ORDER BY entry_id"},
    {"the house's account {0} has {1} coins, and its sides of the entries come to {2}",
     "SELECT h.name, h.balance, CAST(COALESCE(-SUM(l.amount), 0) AS BIGINT) FROM house_accounts h "
     "LEFT JOIN ledger l ON l.house_account = h.name GROUP BY h.name, h.balance "
     "HAVING h.balance <> COALESCE(-SUM(l.amount), 0) ORDER BY h.name"},
    {"entry {0} of {1} coins has another account of the house than it should",
     "SELECT CAST(entry_id AS TEXT), amount, amount FROM ledger "
     "WHERE house_account <> CASE WHEN call_id IS NULL THEN 'coins' ELSE 'calls' END ORDER BY entry_id"},
    {"a party of call {0} has {2} entries instead of {1}",
     "SELECT call_id, CAST(1 AS BIGINT), COUNT(*) FROM ledger WHERE call_id IS NOT NULL "
     "GROUP BY call_id, account_id HAVING COUNT(*) > 1 ORDER BY call_id"},

    // Entries and their calls.
    {"call {0} is to move {1} coins of its caller, and moved {2}",
     "SELECT c.id, c.coins_unpaid - c.coins_spent, COALESCE(l.amount, 0) FROM calls c "
     "LEFT JOIN ledger l ON l.call_id = c.id AND l.account_id = c.caller_id "
     "WHERE c.status = 'COMPLETED' AND c.caller_realm = 'user' "
     "AND (l.entry_id IS NULL OR l.amount <> c.coins_unpaid - c.coins_spent) ORDER BY c.number"},
    {"call {0} is to move {1} coins of its callee, and moved {2}",
     "SELECT c.id, c.coins_earned, COALESCE(l.amount, 0) FROM calls c "
     "LEFT JOIN ledger l ON l.call_id = c.id AND l.account_id = c.callee_id "
     "WHERE c.status = 'COMPLETED' AND c.callee_realm = 'telecaller' "
     "AND (l.entry_id IS NULL OR l.amount <> c.coins_earned) ORDER BY c.number"},
    {"entry {0} is to move {1} coins, and moved {2}: its call is not COMPLETED, is of others, or is not there",
     "SELECT CAST(l.entry_id AS TEXT), CAST(0 AS BIGINT), l.amount FROM ledger l LEFT JOIN calls c ON c.id = l.call_id "
     "WHERE l.call_id IS NOT NULL AND (c.id IS NULL OR c.status <> 'COMPLETED' "
     "OR (l.account_id <> c.caller_id AND l.account_id <> c.callee_id) OR c.caller_realm <> 'user') "
     "ORDER BY l.entry_id"},

    // Calls and their figures.
    {"call {0} costs {1} coins, and its duration comes to {2}",
     "SELECT id, coins_spent, due FROM (SELECT id, number, status, coins_spent, "
     "CASE WHEN reason = 'cancelled_late' THEN 0 ELSE duration_s * user_rate END AS due FROM calls) AS c "
     "WHERE status = 'COMPLETED' AND coins_spent <> due ORDER BY number"},
    {"call {0} earns {1} coins, and its duration comes to {2}",
     "SELECT id, coins_earned, due FROM (SELECT id, number, status, coins_earned, "
     "CASE WHEN reason = 'cancelled_late' THEN 0 ELSE duration_s * telecaller_rate END AS due FROM calls) AS c "
     "WHERE status = 'COMPLETED' AND coins_earned <> due ORDER BY number"},
    {"call {0} leaves {1} coins unpaid, of {2}",
     "SELECT id, coins_unpaid, coins_spent FROM calls WHERE coins_unpaid < 0 OR coins_unpaid > coins_spent "
     "ORDER BY number"},
    {"call {0} is not COMPLETED, and has a duration of {1} s and {2} coins",
     "SELECT id, duration_s, coins_spent + coins_earned FROM calls WHERE status <> 'COMPLETED' "
     "AND (duration_s <> 0 OR coins_spent <> 0 OR coins_earned <> 0) ORDER BY number"},

    // Calls and their histories.
    {"call {0} is over or not, and its times and its reason say otherwise",
     "SELECT id, CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM calls WHERE "
     "(status IN ('RINGING', 'ACCEPTED')) <> (ended_at IS NULL) OR (ended_at IS NULL) <> (reason IS NULL) "
     "OR (status IN ('ACCEPTED', 'COMPLETED')) <> (accepted_at IS NOT NULL) ORDER BY number"},
    {"call {0} is to have {1} final events, and has {2}",
     "SELECT id, due, found FROM (SELECT c.id, c.number, CASE WHEN c.ended_at IS NULL THEN 0 ELSE 1 END AS due, "
     "(SELECT COUNT(*) FROM call_events e WHERE e.call_id = c.id "
     "AND e.type IN ('COMPLETED', 'REJECTED', 'MISSED', 'CANCELLED')) AS found FROM calls c) AS c "
     "WHERE due <> found ORDER BY number"},
    {"call {0} is to have {1} events of its status, and has {2}",
     "SELECT id, CAST(1 AS BIGINT), found FROM (SELECT c.id, c.number, (SELECT COUNT(*) FROM call_events e "
     "WHERE e.call_id = c.id AND e.type = c.status) AS found FROM calls c) AS c WHERE found <> 1 ORDER BY number"},
    {"call {0} is to hold {1} parties, and holds {2}",
     "SELECT id, due, found FROM (SELECT c.id, c.number, CASE WHEN c.ended_at IS NULL THEN 2 ELSE 0 END AS due, "
     "(SELECT COUNT(*) FROM active_parties p WHERE p.call_id = c.id "
     "AND (p.account_id = c.caller_id OR p.account_id = c.callee_id)) AS found FROM calls c) AS c "
     "WHERE due <> found ORDER BY number"},
    {"account {0} is held by a call that is not there or not its own",
     "SELECT p.account_id, CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM active_parties p "
     "LEFT JOIN calls c ON c.id = p.call_id AND (p.account_id = c.caller_id OR p.account_id = c.callee_id) "
     "WHERE c.id IS NULL ORDER BY p.account_id"},
};

std::optional<std::string> first_breach(soci::session& sql, ledger_rule const& rule) {
    std::string what;
    integer said = 0, found = 0;
    auto query = prepared(sql, std::string{rule.query} + " LIMIT 1", out(what), out(said), out(found));
    std::optional<std::string> breach;
    for_each_row(query, [&] { breach = fmt::format(fmt::runtime(rule.sentence), what, said, found); });
    return breach;
}

std::int64_t count_of(soci::session& sql, std::string_view table) {
    integer count = 0;
    run_once(sql, "SELECT COUNT(*) FROM " + std::string{table}, out(count));
    return count;
}

} // namespace

std::expected<ledger_totals, std::string> check_ledger(soci::session& sql, std::span<ledger_rule const> more) {
    for (std::span<ledger_rule const> const some : {std::span<ledger_rule const>{rules}, more})
        for (ledger_rule const& rule : some)
            if (auto breach = first_breach(sql, rule)) return std::unexpected{*std::move(breach)};
    return ledger_totals{count_of(sql, "accounts"), count_of(sql, "ledger"), count_of(sql, "calls")};
}

} // namespace ringback::store
