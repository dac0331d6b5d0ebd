#include "store/sql/outage_rows.hpp"

#include "store/sql/statement.hpp"

#include <string>
#include <string_view>

namespace ringback::store {

namespace {

// Lost since the last sign of its home, unless it is lost already. A sign of the future comes from a clock that was set
// back since: nobody pays for time that has not passed.
constexpr std::string_view begin_sql =
    "UPDATE calls SET home_node = :home, lost_at = COALESCE(lost_at, {greatest}(accepted_at, {least}("
    "CAST(:at AS BIGINT), (SELECT alive_at FROM nodes WHERE number = calls.home_node)))) WHERE id IN (";
constexpr std::string_view of_taken_nodes =
    "SELECT c.id FROM nodes h JOIN calls c ON c.home_node = h.number WHERE h.taken_by = :home "
    "AND c.ended_at IS NULL AND c.home_node <> 0 AND c.status = 'ACCEPTED' LIMIT :most)";
constexpr std::string_view of_all =
    "SELECT c.id FROM calls c WHERE c.id IN (SELECT call_id FROM active_parties) AND c.status = 'ACCEPTED' "
    "AND (c.lost_at IS NULL OR c.home_node <> :home) LIMIT :most)";
constexpr std::string_view end_sql =
    "UPDATE calls SET lost_at = NULL WHERE id = :id AND status = 'ACCEPTED' AND lost_at IS NOT NULL";
constexpr std::string_view keep_sql = "INSERT INTO untold (call_id, side, tell_until) "
                                      "SELECT id, :side, CAST(:at AS BIGINT) FROM calls WHERE id = :id "
                                      "ON CONFLICT DO NOTHING";
// An end that was told and not written did not happen.
constexpr std::string_view forget_sql =
    "DELETE FROM untold WHERE tell_until <= :at OR call_id IN (SELECT call_id FROM active_parties)";
constexpr std::string_view forget_late_sql = "DELETE FROM untold WHERE tell_until <= :at";
constexpr std::string_view left_sql =
    "SELECT u.call_id, u.side, u.tell_until FROM untold u JOIN calls c ON c.id = u.call_id JOIN nodes h "
    "ON h.number = c.home_node WHERE h.taken_by = :home AND u.tell_until > :at AND c.ended_at IS NOT NULL "
    "ORDER BY u.tell_until, u.call_id, u.side";
constexpr std::string_view all_sql = "SELECT call_id, side, tell_until FROM untold ORDER BY tell_until, call_id, side";

call::side side_of(std::string_view text) {
    if (text == to_string(call::side::caller)) return call::side::caller;
    if (text == to_string(call::side::callee)) return call::side::callee;
    throw unreadable_row("a row has an unreadable side");
}

} // namespace

outage_rows::outage_rows(soci::session& sql)
    : begin_{prepared(sql, std::string{begin_sql}.append(of_taken_nodes), in(node_, "home"), in(at_, "at"),
                      in(most_, "most"))},
      begin_all_{
          prepared(sql, std::string{begin_sql}.append(of_all), in(node_, "home"), in(at_, "at"), in(most_, "most"))},
      end_{prepared(sql, end_sql, in(id_, "id"))},
      keep_{prepared(sql, keep_sql, in(side_, "side"), in(at_, "at"), in(id_, "id"))},
      drop_{prepared(sql, "DELETE FROM untold WHERE call_id = :id AND side = :side", in(id_, "id"), in(side_, "side"))},
      forget_{prepared(sql, forget_sql, in(at_, "at"))},
      forget_late_{prepared(sql, forget_late_sql, in(at_, "at"))},
      all_{prepared(sql, all_sql, out(id_), out(side_), out(at_))},
      left_{prepared(sql, left_sql, out(id_), out(side_), out(until_), in(node_, "home"), in(at_, "at"))} {}

bool outage_rows::begin(integer home, wall_time now, std::uint32_t most) {
    node_ = home;
    at_ = to_column(now);
    most_ = most;
    return run(home == 0 ? begin_all_ : begin_) == most_;
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

void outage_rows::forget_late(wall_time now) {
    at_ = to_column(now);
    run(forget_late_);
}

std::vector<outage_rows::untold> outage_rows::left_to(integer node, wall_time now) {
    node_ = node;
    at_ = to_column(now);
    std::vector<untold> found;
    for_each_row(left_,
                 [&] { found.push_back({readable(call_id::parse(id_), "call id"), side_of(side_), time_of(until_)}); });
    return found;
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
