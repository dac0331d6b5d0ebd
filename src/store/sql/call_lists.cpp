#include "store/sql/call_lists.hpp"

#include "store/sql/statement.hpp"

#include <functional>
#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view columns =
    "SELECT c.caller_id, c.caller_realm, p.name, p.profile, c.callee_id, c.callee_realm, q.name, q.profile, c.id, "
    "c.type, c.status, c.reason, c.accepted_at, c.media_started_at, c.ended_at, c.created_at, c.expires_at, "
    "c.user_rate, "
    "c.telecaller_rate, c.duration_s, c.coins_spent, c.coins_earned, c.coins_unpaid, c.number FROM ";
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
    : find_{prepared(sql, joined(columns, "calls c", with_parties, "WHERE c.id = :id"),
                     std::bind_front(&row::define, &out_), in(in_.id, "id"))},
      list_{prepared(sql, joined(columns, page_of_account, with_parties, newest_first),
                     std::bind_front(&row::define, &out_), in(in_.id, "id"), in(in_.status, "status"),
                     in(in_.created_at, "created_at"), in(in_.number, "number"), in(in_.limit, "limit"))},
      all_{prepared(sql, joined(columns, "calls c", with_parties, "WHERE ", by_number),
                    std::bind_front(&row::define, &out_), in(in_.number, "number"), in(in_.limit, "limit"))},
      active_of_status_{prepared(sql, joined(columns, "calls c", with_parties, active_of_status, by_number),
                                 std::bind_front(&row::define, &out_), in(in_.status, "status"),
                                 in(in_.number, "number"), in(in_.limit, "limit"))},
      over_of_status_{prepared(sql, joined(columns, "calls c", with_parties, over_of_status, by_number),
                               std::bind_front(&row::define, &out_), in(in_.status, "status"), in(in_.number, "number"),
                               in(in_.limit, "limit"))},
      active_{prepared(sql,
                       joined(columns, "calls c", with_parties,
                              "WHERE c.id IN (SELECT call_id FROM active_parties) ORDER BY c.number"),
                       std::bind_front(&row::define, &out_))} {}

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

std::vector<ports::stored_call> call_lists::active() {
    std::vector<ports::stored_call> found;
    for_each_row(active_, [&] { found.push_back(out_.read()); });
    return found;
}

} // namespace ringback::store
