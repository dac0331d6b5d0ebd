#include "store/sql/duty_rows.hpp"

#include "store/sql/statement.hpp"

#include <string_view>

namespace ringback::store {

namespace {

// -1: nobody has it.
constexpr std::string_view add_sql =
    "INSERT INTO duties (name, node, beat) VALUES (:name, -1, 0) ON CONFLICT DO NOTHING";
// A holder that is no node of this table is nobody. Of two that claim at once the second meets another beat.
constexpr std::string_view claim_sql =
    "UPDATE duties SET node = :node, beat = beat + 1 WHERE name = :name AND (node = :node OR beat = :stale "
    "OR NOT EXISTS (SELECT 1 FROM nodes WHERE number = duties.node AND lost_at IS NULL))";

std::string_view name_of(ports::duty what) { return what == ports::duty::webhooks ? "webhooks" : "rooms"; }

} // namespace

duty_rows::duty_rows(soci::session& sql)
    : add_{prepared(sql, add_sql, in(name_, "name"))},
      claim_{prepared(sql, claim_sql, in(node_, "node"), in(name_, "name"), in(beat_, "stale"))},
      find_{prepared(sql, "SELECT beat FROM duties WHERE name = :name", out(beat_), in(name_, "name"))},
      give_back_{prepared(sql, "UPDATE duties SET node = -1, beat = beat + 1 WHERE name = :name AND node = :node",
                          in(name_, "name"), in(node_, "node"))} {}

duty_rows::seen duty_rows::claim(ports::duty what, integer node, integer stale) {
    name_ = name_of(what);
    node_ = node;
    beat_ = stale;
    bool is_mine = run(claim_) == 1;
    if (!is_mine && run(add_) == 1) is_mine = run(claim_) == 1;
    for_each_row(find_, [] {});
    return {is_mine, beat_};
}

void duty_rows::give_back(ports::duty what, integer node) {
    name_ = name_of(what);
    node_ = node;
    run(give_back_);
}

} // namespace ringback::store
