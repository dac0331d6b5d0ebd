#include "store/sql/media_rows.hpp"

#include "store/sql/statement.hpp"

#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view expect_sql = "INSERT INTO media_rooms (call_id) VALUES (:call_id) ON CONFLICT DO NOTHING";
constexpr std::string_view forget_sql = "DELETE FROM media_rooms WHERE call_id = :call_id";
// The ids of calls begin with their time.
constexpr std::string_view left_sql = "SELECT r.call_id FROM media_rooms r JOIN calls c ON c.id = r.call_id "
                                      "LEFT JOIN nodes h ON h.number = c.home_node WHERE c.ended_at IS NOT NULL "
                                      "AND (:node = 0 OR c.home_node = :node OR h.taken_by = :node) "
                                      "ORDER BY r.call_id LIMIT :limit";
constexpr std::string_view begin_sql =
    "UPDATE calls SET media_started_at = :at WHERE id = :call_id AND media_started_at IS NULL";

} // namespace

media_rows::media_rows(soci::session& sql)
    : expect_{prepared(sql, expect_sql, in(call_, "call_id"))},
      forget_{prepared(sql, forget_sql, in(call_, "call_id"))},
      left_{prepared(sql, left_sql, out(call_), in(node_, "node"), in(limit_, "limit"))},
      begin_{prepared(sql, begin_sql, in(at_, "at"), in(call_, "call_id"))} {}

void media_rows::expect_room(call_id const& call) {
    call_ = call.text();
    run(expect_);
}

void media_rows::forget_room(call_id const& call) {
    call_ = call.text();
    run(forget_);
}

std::vector<call_id> media_rows::left_to(integer node, std::uint32_t limit) {
    node_ = node;
    limit_ = limit;
    std::vector<call_id> found;
    for_each_row(left_, [&] { found.push_back(readable(call_id::parse(call_), "call id")); });
    return found;
}

bool media_rows::begin(call_id const& call, wall_time at) {
    call_ = call.text();
    at_ = to_column(at);
    return run(begin_) == 1;
}

} // namespace ringback::store
