#include "store/sql/liveness_row.hpp"

#include "store/sql/statement.hpp"

namespace ringback::store {

liveness_row::liveness_row(soci::session& sql)
    : stamp_{prepared(sql,
                      "INSERT INTO liveness (id, alive_at) VALUES (1, :at) "
                      "ON CONFLICT (id) DO UPDATE SET alive_at = excluded.alive_at",
                      in(at_, "at"))},
      last_{prepared(sql, "SELECT alive_at FROM liveness WHERE id = 1", out(at_))} {}

void liveness_row::stamp(wall_time now) {
    at_ = to_column(now);
    run(stamp_);
}

std::optional<wall_time> liveness_row::last() {
    std::optional<wall_time> found;
    for_each_row(last_, [&] { found = time_of(at_); });
    return found;
}

} // namespace ringback::store
