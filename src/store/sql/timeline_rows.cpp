#include "store/sql/timeline_rows.hpp"

#include "store/sql/statement.hpp"

#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view append_sql =
    "INSERT INTO call_events (call_id, at, type, by_account, device, node, details) VALUES (:call_id, "
    ":at, :type, :by_account, :device, :node, :details)";
constexpr std::string_view list_sql = "SELECT at, type, by_account, device, node, details FROM call_events "
                                      "WHERE call_id = :call_id ORDER BY number";

} // namespace

timeline_rows::timeline_rows(soci::session& sql)
    : append_{prepared(sql, append_sql, in(in_.call, "call_id"), in(in_.at, "at"), in(in_.type, "type"),
                       in(in_.by, "by_account"), in(in_.device, "device"), in(in_.node, "node"),
                       in(in_.details, "details"))},
      list_{prepared(sql, list_sql, out(out_.at), out(out_.type), out(out_.by), out(out_.device), out(out_.node),
                     out(out_.details), in(in_.call, "call_id"))} {}

void timeline_rows::append(call_id const& call, ports::timeline_event const& event) {
    in_ = {call.text(), event.type, event.by, event.device, event.node, event.details, to_column(event.at)};
    run(append_);
}

std::vector<ports::timeline_event> timeline_rows::of(call_id const& call) {
    in_.call = call.text();
    std::vector<ports::timeline_event> events;
    for_each_row(
        list_, [&] { events.push_back({time_of(out_.at), out_.type, out_.by, out_.device, out_.node, out_.details}); });
    return events;
}

} // namespace ringback::store
