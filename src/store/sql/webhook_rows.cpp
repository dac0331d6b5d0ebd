#include "store/sql/webhook_rows.hpp"

#include "base/log.hpp"
#include "store/sql/statement.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace ringback::store {

namespace {

// Behind one that waits it gets no time of its own.
constexpr std::string_view insert_sql =
    "INSERT INTO webhooks (id, subject, type, body, created_at, since, due_at) "
    "VALUES (:id, :subject, :type, :body, :created_at, :created_at, "
    "CASE WHEN EXISTS (SELECT 1 FROM webhooks WHERE subject = :subject AND died_at IS NULL) THEN NULL "
    "ELSE CAST(:created_at AS BIGINT) END)";
constexpr std::string_view first_sql = "SELECT id, type, body, since, attempts, due_at FROM webhooks "
                                       "WHERE due_at IS NOT NULL ORDER BY due_at, number LIMIT :limit";
constexpr std::string_view subject_sql = "SELECT subject FROM webhooks WHERE id = :id AND died_at IS NULL";
constexpr std::string_view take_back_sql =
    "DELETE FROM webhooks WHERE subject = :subject AND type = :type AND created_at = :created_at AND died_at IS NULL";
constexpr std::string_view delete_sql = "DELETE FROM webhooks WHERE id = :id";
constexpr std::string_view postpone_sql = "UPDATE webhooks SET attempts = attempts + 1, due_at = :due_at, "
                                          "reason = :reason WHERE id = :id AND died_at IS NULL";
constexpr std::string_view bury_sql = "UPDATE webhooks SET attempts = attempts + :attempts, due_at = NULL, "
                                      "died_at = :died_at, reason = :reason WHERE id = :id";
// A replayed one that is older has a time already, and those behind wait for it too.
constexpr std::string_view advance_sql =
    "UPDATE webhooks SET due_at = :due_at WHERE due_at IS NULL AND number = "
    "(SELECT MIN(number) FROM webhooks WHERE subject = :subject AND died_at IS NULL)";
constexpr std::string_view stranded_sql =
    "SELECT COALESCE(MAX(w.number), 0) FROM (SELECT number FROM webhooks WHERE due_at IS NULL AND died_at IS NULL "
    "AND number > :number ORDER BY number LIMIT :limit) AS w";
constexpr std::string_view free_stranded_sql =
    "UPDATE webhooks SET due_at = created_at WHERE due_at IS NULL AND number IN (SELECT w.number FROM (SELECT number, "
    "subject FROM webhooks WHERE due_at IS NULL AND died_at IS NULL AND number > :number ORDER BY number "
    "LIMIT :limit) AS w WHERE NOT EXISTS (SELECT 1 FROM webhooks o WHERE o.subject = w.subject "
    "AND o.died_at IS NULL AND o.number < w.number))";
constexpr std::string_view dead_sql =
    "SELECT number, id, type, body, created_at, died_at, attempts, reason FROM webhooks "
    "WHERE died_at IS NOT NULL AND number < :number ORDER BY number DESC LIMIT :limit";
constexpr std::string_view replay_sql = "UPDATE webhooks SET died_at = NULL, due_at = :due_at, since = :due_at, "
                                        "attempts = 0, reason = '' WHERE id = :id AND died_at IS NOT NULL";
constexpr std::string_view remove_oldest_sql =
    "DELETE FROM webhooks WHERE number = (SELECT MIN(number) FROM webhooks WHERE died_at IS NOT NULL)";

std::string subject_of(call_id const& call) { return "call " + call.text(); }
std::string subject_of(account_id const& who, call::realm realm) {
    return std::string{"presence "}.append(call::to_string(realm)).append(" ").append(who.text());
}

} // namespace

webhook_rows::webhook_rows(soci::session& sql, outbox_memory& memory)
    : memory_{memory},
      insert_{prepared(sql, insert_sql, in(in_.id, "id"), in(in_.subject, "subject"), in(in_.type, "type"),
                       in(in_.body, "body"), in(in_.created_at, "created_at"))},
      first_{prepared(sql, first_sql, out(out_.id), out(out_.type), out(out_.body), out(out_.since), out(out_.attempts),
                      out(out_.due_at), in(limit_, "limit"))},
      subject_{prepared(sql, subject_sql, out(in_.subject), in(in_.id, "id"))},
      take_back_{prepared(sql, take_back_sql, in(in_.subject, "subject"), in(in_.type, "type"),
                          in(in_.created_at, "created_at"))},
      delete_{prepared(sql, delete_sql, in(in_.id, "id"))},
      postpone_{prepared(sql, postpone_sql, in(in_.due_at, "due_at"), in(in_.reason, "reason"), in(in_.id, "id"))},
      bury_{prepared(sql, bury_sql, in(in_.attempts, "attempts"), in(in_.died_at, "died_at"), in(in_.reason, "reason"),
                     in(in_.id, "id"))},
      advance_{prepared(sql, advance_sql, in(in_.due_at, "due_at"), in(in_.subject, "subject"))},
      dead_{prepared(sql, dead_sql, out(out_.number), out(out_.id), out(out_.type), out(out_.body),
                     out(out_.created_at), out(out_.died_at), out(out_.attempts), out(out_.reason),
                     in(in_.number, "number"), in(limit_, "limit"))},
      replay_{prepared(sql, replay_sql, in(in_.due_at, "due_at"), in(in_.id, "id"))},
      count_waiting_{prepared(sql, "SELECT COUNT(*) FROM webhooks WHERE died_at IS NULL", out(counted_))},
      count_dead_{prepared(sql, "SELECT COUNT(*) FROM webhooks WHERE died_at IS NOT NULL", out(counted_))},
      remove_oldest_{prepared(sql, remove_oldest_sql)},
      oldest_{prepared(sql, "SELECT created_at FROM webhooks WHERE died_at IS NULL ORDER BY number LIMIT 1",
                       out(counted_))},
      stranded_{prepared(sql, stranded_sql, out(counted_), in(in_.number, "number"), in(limit_, "limit"))},
      free_stranded_{prepared(sql, free_stranded_sql, in(in_.number, "number"), in(limit_, "limit"))} {}

// Writing ------------------------------------------------------------------------------------------------------------

bool webhook_rows::wants(ports::webhook_type type) const { return std::ranges::count(memory_.terms.wanted, type) > 0; }

void webhook_rows::append(ports::webhook_type type, wall_time at, ports::stored_call const& call) {
    if (!has_room(type)) return;
    ports::webhook_head const head{memory_.ids.next(at).text(), type, at};
    insert(head, subject_of(call.facts.id), memory_.terms.call_body(head, call));
}

void webhook_rows::append(wall_time at, ports::webhook_presence const& shown) {
    constexpr auto type = ports::webhook_type::account_presence;
    if (!has_room(type)) return;
    ports::webhook_head const head{memory_.ids.next(at).text(), type, at};
    insert(head, subject_of(shown.who.id, shown.realm), memory_.terms.presence_body(head, shown));
}

void webhook_rows::take_back(call_id const& call, ports::webhook_type type, wall_time at) {
    in_.subject = subject_of(call);
    in_.type = ports::to_string(type);
    in_.created_at = to_column(at);
    waiting();
    *waiting_ -= run(take_back_);
    advance(at);
}

bool webhook_rows::has_room(ports::webhook_type type) {
    integer const most = memory_.terms.max_waiting;
    bool const is_here = waiting() < (type == ports::webhook_type::account_presence ? most / 2 : most);
    if (!is_here) ++losing_;
    return is_here;
}

void webhook_rows::insert(ports::webhook_head const& head, std::string subject, std::string body) {
    in_.id = head.id;
    in_.subject = std::move(subject);
    in_.type = ports::to_string(head.type);
    in_.body = std::move(body);
    in_.created_at = to_column(head.at);
    run(insert_);
    ++*waiting_;
    is_written_ = true;
}

// Asks the database nothing: what failed here would undo what is durable.
void webhook_rows::committed() {
    if (auto const more = std::exchange(losing_, 0)) {
        memory_.lost += more;
        if (!std::exchange(memory_.is_full, true))
            spdlog::error("webhooks: {} events wait, which leaves no room for others: events are lost", *waiting_);
    } else if (memory_.is_full && waiting_ && *waiting_ <= memory_.terms.max_waiting / 4) {
        memory_.is_full = false;
        spdlog::info("webhooks: there is room for events again; {} were lost", memory_.lost);
    }
    if (std::exchange(is_written_, false) && memory_.on_written) memory_.on_written();
}

void webhook_rows::rolled_back() noexcept {
    waiting_.reset();
    losing_ = 0;
    is_written_ = false;
}

// Delivering ---------------------------------------------------------------------------------------------------------

std::vector<ports::waiting_webhook> webhook_rows::first(std::uint32_t limit) {
    limit_ = limit;
    std::vector<ports::waiting_webhook> found;
    for_each_row(first_, [&] {
        found.push_back({out_.id, readable(ports::parse_webhook_type(out_.type), "type of webhook"), out_.body,
                         time_of(out_.since), static_cast<std::uint32_t>(out_.attempts), time_of(out_.due_at)});
    });
    return found;
}

void webhook_rows::settle(ports::webhook_settlement const& what) {
    in_.id = std::visit([](auto const& s) { return s.id; }, what);
    bool is_waiting = false;
    for_each_row(subject_, [&] { is_waiting = true; });
    if (!is_waiting) return;
    std::visit([this](auto const& s) { settle(s); }, what);
}

void webhook_rows::settle(ports::webhook_delivered const& what) {
    waiting();
    run(delete_);
    --*waiting_;
    advance(what.at);
}

void webhook_rows::settle(ports::webhook_postponed const& what) {
    in_.due_at = to_column(what.due);
    in_.reason = what.reason;
    run(postpone_);
}

void webhook_rows::settle(ports::webhook_given_up const& what) {
    waiting();
    in_.attempts = what.was_attempted ? 1 : 0;
    in_.died_at = to_column(what.at);
    in_.reason = what.reason;
    run(bury_);
    --*waiting_;
    advance(what.at);
    if (ask(count_dead_) <= memory_.terms.max_dead) return;
    spdlog::warn("webhooks: there are more than {} dead letters: the oldest is removed", memory_.terms.max_dead);
    run(remove_oldest_);
}

void webhook_rows::advance(wall_time now) {
    in_.due_at = to_column(now);
    run(advance_);
}

void webhook_rows::free_stranded() {
    in_.number = memory_.looked_up_to;
    limit_ = 500;
    integer const up_to = ask(stranded_);
    if (up_to != 0 && run(free_stranded_) > 0) is_written_ = true;
    memory_.looked_up_to = up_to; // 0: from the start again
}

// Dead letters and figures -------------------------------------------------------------------------------------------

std::vector<listed_webhook> webhook_rows::dead(integer before, std::uint32_t limit) {
    in_.number = before;
    limit_ = limit;
    std::vector<listed_webhook> found;
    for_each_row(dead_, [&] {
        found.push_back(
            {{out_.id, readable(ports::parse_webhook_type(out_.type), "type of webhook"), out_.body,
              time_of(out_.created_at), time_of(out_.died_at), static_cast<std::uint32_t>(out_.attempts), out_.reason},
             out_.number});
    });
    return found;
}

bool webhook_rows::replay(std::string const& id, wall_time now) {
    waiting();
    in_.id = id;
    in_.due_at = to_column(now);
    if (run(replay_) != 1) return false;
    ++*waiting_;
    is_written_ = true;
    return true;
}

ports::webhook_backlog webhook_rows::count() {
    waiting_.reset(); // another process may have replayed some
    ports::webhook_backlog b;
    b.waiting = static_cast<std::size_t>(waiting());
    b.dead = static_cast<std::size_t>(ask(count_dead_));
    for_each_row(oldest_, [&] { b.oldest = time_of(counted_); });
    b.lost = memory_.lost;
    return b;
}

integer webhook_rows::waiting() {
    if (!waiting_) waiting_ = ask(count_waiting_);
    return *waiting_;
}

integer webhook_rows::ask(soci::statement& count) {
    for_each_row(count, [] {});
    return counted_;
}

} // namespace ringback::store
