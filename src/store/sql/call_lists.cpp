#include "store/sql/call_lists.hpp"

#include "store/sql/statement.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view columns =
    "SELECT c.caller_id, c.caller_realm, p.name, p.profile, c.callee_id, c.callee_realm, q.name, q.profile, c.id, "
    "c.type, c.status, c.reason, c.accepted_at, c.media_started_at, c.ended_at, c.created_at, c.expires_at, "
    "c.user_rate, "
    "c.telecaller_rate, c.duration_s, c.coins_spent, c.coins_earned, c.coins_unpaid, c.number";
constexpr std::string_view from = " FROM ";
constexpr std::string_view with_parties =
    " JOIN accounts p ON p.id = c.caller_id JOIN accounts q ON q.id = c.callee_id ";

// An account's calls stand in two indexes, one per side. Each gives its newest few, so that a page costs the same
// however long the history is; one of a rare status reads past the others.
constexpr std::string_view page_of_account =
    "(SELECT * FROM (SELECT number, created_at FROM calls WHERE caller_id = :id "
    "AND (:status = '' OR status = :status) AND (created_at, number) < (:created_at, :number) "
    "ORDER BY created_at DESC, number DESC LIMIT :limit) AS made "
    "UNION ALL "
    "SELECT * FROM (SELECT number, created_at FROM calls WHERE callee_id = :id "
    "AND (:status = '' OR status = :status) AND (created_at, number) < (:created_at, :number) "
    "ORDER BY created_at DESC, number DESC LIMIT :limit) AS got) AS k "
    "JOIN calls c ON c.number = k.number";
constexpr std::string_view newest_first = "ORDER BY k.created_at DESC, k.number DESC LIMIT :limit";

// An operator's lists of everything go by the order of insertion.
constexpr std::string_view by_number = "c.number < :number ORDER BY c.number DESC LIMIT :limit";
constexpr std::string_view active_of_status =
    "WHERE c.id IN (SELECT call_id FROM active_parties) AND c.status = :status AND ";
constexpr std::string_view over_of_status = "WHERE c.ended_at IS NOT NULL AND c.status = :status AND ";

// What lost nodes have left to one that took them over. Never in an order: there are many calls that are over, and one
// index that has the others.
constexpr std::string_view ringing_there = "WHERE h.taken_by = :node AND c.ended_at IS NULL AND c.home_node <> 0 "
                                           "AND c.status = 'RINGING' LIMIT :limit";
constexpr std::string_view ringing_anywhere =
    "WHERE c.id IN (SELECT call_id FROM active_parties) AND c.status = 'RINGING' LIMIT :limit";
constexpr std::string_view in_outage_here =
    "WHERE c.home_node = :node AND c.ended_at IS NULL AND c.home_node <> 0 AND c.lost_at IS NOT NULL";
constexpr std::string_view in_outage_anywhere =
    "WHERE c.id IN (SELECT call_id FROM active_parties) AND c.lost_at IS NOT NULL";

std::string joined(auto... parts) {
    std::string text;
    (text.append(parts), ...);
    return text;
}

} // namespace

void call_lists::party_row::define(soci::statement& query) {
    out(id)(query);
    out(realm)(query);
    out(name)(query);
    out(profile)(query);
}

call::party call_lists::party_row::read() const {
    return {{readable(account_id::parse(id), "account id"), text_of(name), text_of(profile)},
            readable(call::parse_realm(realm), "realm")};
}

void call_lists::row::define(soci::statement& query) {
    caller.define(query);
    callee.define(query);
    for (std::string* text : {&id, &type, &status})
        out (*text)(query);
    out(reason)(query);
    out(accepted_at)(query);
    out(media_started_at)(query);
    out(ended_at)(query);
    for (integer* number_column : {&created_at, &expires_at, &user_rate, &telecaller_rate, &duration_s, &coins_spent,
                                   &coins_earned, &coins_unpaid, &number})
        out (*number_column)(query);
}

ports::stored_call call_lists::row::read() const {
    ports::stored_call c;
    c.facts = {readable(call_id::parse(id), "call id"),
               readable(call::parse_call_type(type), "call type"),
               caller.read(),
               callee.read(),
               time_of(created_at),
               time_of(expires_at)};
    c.status = readable(call::parse_call_status(status), "call status");
    if (reason.has_value()) c.reason = readable(call::parse_end_reason(reason.value), "end reason");
    c.accepted_at = time_of(accepted_at);
    c.media_started_at = time_of(media_started_at);
    c.ended_at = time_of(ended_at);
    c.rates = {user_rate, telecaller_rate};
    c.figures = {duration_s, coins_spent, coins_earned};
    c.coins_unpaid = coins_unpaid;
    return c;
}

call_lists::call_lists(soci::session& sql)
    : find_{prepared(sql, joined(columns, from, "calls c", with_parties, "WHERE c.id = :id"),
                     std::bind_front(&row::define, &out_), in(in_.id, "id"))},
      list_{prepared(sql, joined(columns, from, page_of_account, with_parties, newest_first),
                     std::bind_front(&row::define, &out_), in(in_.id, "id"), in(in_.status, "status"),
                     in(in_.created_at, "created_at"), in(in_.number, "number"), in(in_.limit, "limit"))},
      all_{prepared(sql, joined(columns, from, "calls c", with_parties, "WHERE ", by_number),
                    std::bind_front(&row::define, &out_), in(in_.number, "number"), in(in_.limit, "limit"))},
      active_of_status_{prepared(sql, joined(columns, from, "calls c", with_parties, active_of_status, by_number),
                                 std::bind_front(&row::define, &out_), in(in_.status, "status"),
                                 in(in_.number, "number"), in(in_.limit, "limit"))},
      over_of_status_{prepared(sql, joined(columns, from, "calls c", with_parties, over_of_status, by_number),
                               std::bind_front(&row::define, &out_), in(in_.status, "status"), in(in_.number, "number"),
                               in(in_.limit, "limit"))},
      ringing_there_{prepared(sql,
                              joined(columns, ", h.alive_at", from, "nodes h JOIN calls c ON c.home_node = h.number",
                                     with_parties, ringing_there),
                              std::bind_front(&row::define, &out_), out(at_), in(node_, "node"),
                              in(in_.limit, "limit"))},
      ringing_anywhere_{prepared(sql,
                                 joined(columns, ", h.alive_at", from, "calls c JOIN nodes h ON h.number = c.home_node",
                                        with_parties, ringing_anywhere),
                                 std::bind_front(&row::define, &out_), out(at_), in(in_.limit, "limit"))},
      in_outage_here_{prepared(sql,
                               joined(columns, ", c.lost_at, p.coins", from, "calls c ", with_parties, in_outage_here),
                               std::bind_front(&row::define, &out_), out(at_), out(coins_), in(node_, "node"))},
      in_outage_anywhere_{
          prepared(sql, joined(columns, ", c.lost_at, p.coins", from, "calls c ", with_parties, in_outage_anywhere),
                   std::bind_front(&row::define, &out_), out(at_), out(coins_))},
      count_active_{prepared(sql, "SELECT COUNT(DISTINCT call_id) FROM active_parties", out(count_))} {}

std::size_t call_lists::count_active() {
    for_each_row(count_active_, [] {});
    return static_cast<std::size_t>(count_);
}

std::optional<ports::stored_call> call_lists::find(call_id const& id) {
    in_.id = id.text();
    std::optional<ports::stored_call> found;
    for_each_row(find_, [&] { found = out_.read(); });
    return found;
}

std::vector<listed_call> call_lists::matching(ports::call_filter const& filter, call_position const& from,
                                              std::uint32_t limit) {
    in_ = {filter.account ? filter.account->text() : "",
           filter.status ? std::string{call::to_string(*filter.status)} : std::string{}, to_column(from.created_at),
           from.number, limit};
    if (filter.account) return read_page(list_);
    if (!filter.status) return read_page(all_);
    return read_page(is_final(*filter.status) ? over_of_status_ : active_of_status_);
}

std::vector<listed_call> call_lists::read_page(soci::statement& list) {
    std::vector<listed_call> found;
    for_each_row(list, [&] {
        auto call = out_.read();
        found.push_back({call, {call.facts.created_at, out_.number}});
    });
    return found;
}

std::vector<left_call> call_lists::ringing_left_to(integer node, std::uint32_t most) {
    node_ = node;
    in_.limit = most;
    std::vector<left_call> found;
    for_each_row(node == 0 ? ringing_anywhere_ : ringing_there_, [&] { found.push_back({out_.read(), time_of(at_)}); });
    return found;
}

std::vector<ports::inheritance::survivor> call_lists::in_outage_at(integer node) {
    node_ = node;
    std::vector<ports::inheritance::survivor> found;
    for_each_row(node == 0 ? in_outage_anywhere_ : in_outage_here_,
                 [&] { found.push_back({out_.read(), time_of(at_), coins_}); });
    std::ranges::sort(found, {}, [](auto const& s) { return s.call.facts.id.text(); });
    return found;
}

} // namespace ringback::store
