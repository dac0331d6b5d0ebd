#include "store/sql/node_rows.hpp"

#include "store/sql/statement.hpp"

#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view add_sql =
    "INSERT INTO nodes (name, joined_at, alive_at) VALUES (:name, :now, :now) RETURNING number";
// Under READ COMMITTED a lock that had to wait for a take-over sees the row as that left it.
constexpr std::string_view keep_in_sql =
    "SELECT number FROM nodes WHERE number = :number AND lost_at IS NULL {for_share}";
constexpr std::string_view is_lost_sql = "SELECT number FROM nodes WHERE number = :number AND lost_at IS NOT NULL";
constexpr std::string_view declare_sql = "UPDATE nodes SET lost_at = :now, taken_by = :taker "
                                         "WHERE number = :number AND number <> :taker AND lost_at IS NULL";
constexpr std::string_view pass_on_sql =
    "UPDATE nodes SET taken_by = :taker WHERE (number = :number OR taken_by = :number) AND number <> :taker "
    "AND lost_at IS NOT NULL AND taken_by IN (SELECT number FROM nodes WHERE lost_at IS NOT NULL)";
constexpr std::string_view stand_in_sql =
    "INSERT INTO nodes (name, joined_at, alive_at, lost_at, taken_by) "
    "SELECT name, joined_at, alive_at, lost_at, taken_by FROM nodes WHERE number = 0 RETURNING number";
constexpr std::string_view number_calls_sql = "UPDATE calls SET home_node = :number WHERE home_node = 0 "
                                              "AND id IN (SELECT call_id FROM active_parties)";
constexpr std::string_view number_untold_sql =
    "UPDATE calls SET home_node = :number WHERE home_node = 0 AND id IN (SELECT call_id FROM untold)";
constexpr std::string_view take_all_sql =
    "UPDATE nodes SET lost_at = COALESCE(lost_at, :now), taken_by = 0 WHERE number <> 0";
constexpr std::string_view come_back_sql =
    "UPDATE nodes SET joined_at = :now, alive_at = :now, lost_at = NULL, taken_by = NULL WHERE number = 0";
constexpr std::string_view abandoned_sql =
    "SELECT number FROM nodes WHERE number <> :but AND ((lost_at IS NULL AND alive_at <= :then) "
    "OR taken_by IN (SELECT number FROM nodes WHERE lost_at IS NOT NULL)) ORDER BY number";

} // namespace

node_rows::node_rows(soci::session& sql)
    : add_{prepared(sql, add_sql, out(number_), in(name_, "name"), in(at_, "now"))},
      keep_in_{prepared(sql, keep_in_sql, out(number_), in(number_, "number"))},
      is_lost_{prepared(sql, is_lost_sql, out(number_), in(number_, "number"))},
      stamp_{prepared(sql, "UPDATE nodes SET alive_at = :now WHERE number = :number", in(at_, "now"),
                      in(number_, "number"))},
      declare_{prepared(sql, declare_sql, in(at_, "now"), in(by_, "taker"), in(number_, "number"))},
      pass_on_{prepared(sql, pass_on_sql, in(by_, "taker"), in(number_, "number"))},
      taker_{prepared(sql, "SELECT taken_by FROM nodes WHERE number = :number AND taken_by IS NOT NULL", out(by_),
                      in(number_, "number"))},
      take_all_{prepared(sql, take_all_sql, in(at_, "now"))},
      come_back_{prepared(sql, come_back_sql, in(at_, "now"))},
      last_sign_{prepared(sql, "SELECT MAX(alive_at) FROM nodes", out(at_))},
      abandoned_{prepared(sql, abandoned_sql, out(by_), in(number_, "but"), in(at_, "then"))},
      stand_in_{prepared(sql, stand_in_sql, out(number_))},
      number_calls_{prepared(sql, number_calls_sql, in(number_, "number"))},
      number_untold_{prepared(sql, number_untold_sql, in(number_, "number"))},
      number_sessions_{
          prepared(sql, "UPDATE sessions SET home_node = :number WHERE home_node = 0", in(number_, "number"))},
      database_{prepared(sql, "SELECT id FROM store_identity", out(name_))} {}

integer node_rows::add(std::string const& name, wall_time now) {
    name_ = name;
    at_ = to_column(now);
    for_each_row(add_, [] {});
    return number_;
}

bool node_rows::keep_in(integer number) {
    number_ = number;
    bool is_in = false;
    for_each_row(keep_in_, [&] { is_in = true; });
    return is_in;
}

bool node_rows::is_lost(integer number) {
    number_ = number;
    bool is_lost = false;
    for_each_row(is_lost_, [&] { is_lost = true; });
    return is_lost;
}

void node_rows::stamp(integer number, wall_time now) {
    number_ = number;
    at_ = to_column(now);
    run(stamp_);
}

integer node_rows::take(integer number, integer by, wall_time now) {
    number_ = number;
    by_ = by;
    at_ = to_column(now);
    bool const is_new = run(declare_) == 1;
    run(pass_on_);
    if (is_new && number == 0) number_what_was_alone();
    number_ = number;
    integer taker = 0;
    for_each_row(taker_, [&] { taker = by_; });
    return taker;
}

void node_rows::number_what_was_alone() {
    for_each_row(stand_in_, [] {});
    run(number_calls_);
    run(number_untold_);
    run(number_sessions_);
}

void node_rows::take_all(wall_time now) {
    at_ = to_column(now);
    run(take_all_);
}

void node_rows::come_back(wall_time now) {
    at_ = to_column(now);
    run(come_back_);
}

std::string node_rows::database() {
    for_each_row(database_, [] {});
    return name_;
}

wall_time node_rows::last_sign() {
    for_each_row(last_sign_, [] {});
    return time_of(at_);
}

std::vector<std::uint32_t> node_rows::abandoned(integer but, wall_time then) {
    number_ = but;
    at_ = to_column(then);
    std::vector<std::uint32_t> found;
    for_each_row(abandoned_, [&] { found.push_back(static_cast<std::uint32_t>(by_)); });
    return found;
}

} // namespace ringback::store
