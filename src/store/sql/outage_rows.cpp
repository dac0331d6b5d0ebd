#include "store/sql/outage_rows.hpp"

#include "store/sql/statement.hpp"

#include <stdexcept>

namespace ringback::store {

namespace {

constexpr std::string_view begin_sql =
    "UPDATE calls SET lost_at = :at WHERE id = :id AND status = 'ACCEPTED' AND lost_at IS NULL";
constexpr std::string_view find_sql = "SELECT c.lost_at, p.coins FROM calls c JOIN accounts p ON p.id = c.caller_id "
                                      "WHERE c.id = :id AND c.lost_at IS NOT NULL";
constexpr std::string_view end_sql =
    "UPDATE calls SET lost_at = NULL WHERE id = :id AND status = 'ACCEPTED' AND lost_at IS NOT NULL";
constexpr std::string_view keep_sql = "INSERT INTO untold (call_id, side, tell_until) "
                                      "SELECT id, :side, CAST(:at AS BIGINT) FROM calls WHERE id = :id "
                                      "ON CONFLICT DO NOTHING";
// An end that was told and not written did not happen.
constexpr std::string_view forget_sql =
    "DELETE FROM untold WHERE tell_until <= :at OR call_id IN (SELECT call_id FROM active_parties)";
constexpr std::string_view all_sql = "SELECT call_id, side, tell_until FROM untold ORDER BY tell_until, call_id, side";

call::side side_of(std::string_view text) {
    if (text == to_string(call::side::caller)) return call::side::caller;
    if (text == to_string(call::side::callee)) return call::side::callee;
    throw unreadable_row("a row has an unreadable side");
}

} // namespace

outage_rows::outage_rows(soci::session& sql)
    : begin_{prepared(sql, begin_sql, in(at_, "at"), in(id_, "id"))},
      find_{prepared(sql, find_sql, out(at_), out(coins_), in(id_, "id"))},
      end_{prepared(sql, end_sql, in(id_, "id"))},
      keep_{prepared(sql, keep_sql, in(side_, "side"), in(at_, "at"), in(id_, "id"))},
      drop_{prepared(sql, "DELETE FROM untold WHERE call_id = :id AND side = :side", in(id_, "id"), in(side_, "side"))},
      forget_{prepared(sql, forget_sql, in(at_, "at"))},
      all_{prepared(sql, all_sql, out(id_), out(side_), out(at_))} {}

outage_rows::outage outage_rows::begin(call_id const& id, wall_time at) {
    id_ = id.text();
    at_ = to_column(at);
    run(begin_);
    std::optional<outage> found;
    for_each_row(find_, [&] { found = {time_of(at_), coins_}; });
    if (!found) throw std::runtime_error("a call that is accepted has no outage");
    return *found;
}

bool outage_rows::end(call_id const& id) {
    id_ = id.text();
    return run(end_) == 1;
}

bool outage_rows::keep(untold const& what) {
    id_ = what.id.text();
    side_ = to_string(what.side);
    at_ = to_column(what.until);
    return run(keep_) == 1;
}

void outage_rows::drop(call_id const& id, call::side side) {
    id_ = id.text();
    side_ = to_string(side);
    run(drop_);
}

std::vector<outage_rows::untold> outage_rows::inherit(wall_time now) {
    at_ = to_column(now);
    run(forget_);
    std::vector<untold> found;
    for_each_row(all_,
                 [&] { found.push_back({readable(call_id::parse(id_), "call id"), side_of(side_), time_of(at_)}); });
    return found;
}

} // namespace ringback::store
