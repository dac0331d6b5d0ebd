#include "store/sql/relation_rows.hpp"

#include "store/sql/statement.hpp"

namespace ringback::store {

namespace {

constexpr std::string_view contact = "CONTACT", block = "BLOCK", pair = "PAIR";

std::string_view kind_of(ports::relation r) noexcept { return r == ports::relation::contact ? contact : block; }

constexpr std::string_view put_sql =
    "INSERT INTO relations (owner_id, kind, other_id, created_at) VALUES (:owner, :kind, :other, :created_at) "
    "ON CONFLICT DO NOTHING";
constexpr std::string_view remove_sql =
    "DELETE FROM relations WHERE owner_id = :owner AND kind = :kind AND other_id = :other";

// Two columns for an owner `:owner` and another account `@`.
constexpr std::string_view acquaintance_sql =
    "CASE WHEN EXISTS (SELECT 1 FROM relations WHERE owner_id = :owner AND kind = 'PAIR' AND other_id = @) "
    "OR (EXISTS (SELECT 1 FROM relations WHERE owner_id = :owner AND kind = 'CONTACT' AND other_id = @) "
    "AND EXISTS (SELECT 1 FROM relations WHERE owner_id = @ AND kind = 'CONTACT' AND other_id = :owner)) THEN 1 ELSE 0 "
    "END, "
    "CASE WHEN EXISTS (SELECT 1 FROM relations WHERE owner_id = :owner AND kind = 'BLOCK' AND other_id = @) "
    "OR EXISTS (SELECT 1 FROM relations WHERE owner_id = @ AND kind = 'BLOCK' AND other_id = :owner) THEN 1 ELSE 0 END";

/// The text with `what` in the place of each `@`.
std::string about(std::string_view text, std::string_view what) {
    std::string made;
    for (char c : text)
        c == '@' ? made.append(what) : made.append(1, c);
    return made;
}

// Whom an ADMIN paired with the owner is in its contacts once, also when the owner has put them too.
constexpr std::string_view in_contacts =
    "(r.kind = 'CONTACT' OR (r.kind = 'PAIR' AND NOT EXISTS (SELECT 1 FROM relations c "
    "WHERE c.owner_id = :owner AND c.kind = 'CONTACT' AND c.other_id = r.other_id)))";
constexpr std::string_view in_blocks = "r.kind = 'BLOCK'";

std::string list_sql(std::string_view which) {
    std::string text = "SELECT a.id, a.name, a.profile, r.number, " + about(acquaintance_sql, "r.other_id");
    text.append(" FROM relations r JOIN accounts a ON a.id = r.other_id WHERE r.owner_id = :owner AND ").append(which);
    return text.append(" AND r.number < :before ORDER BY r.number DESC LIMIT :limit");
}

constexpr std::string_view contacts_sql =
    "SELECT a.id, a.name, a.profile FROM accounts a JOIN "
    "(SELECT other_id FROM relations WHERE owner_id = :owner AND kind = 'PAIR' "
    "UNION SELECT r.other_id FROM relations r JOIN relations m ON m.owner_id = r.other_id "
    "WHERE r.owner_id = :owner AND r.kind = 'CONTACT' AND m.kind = 'CONTACT' AND m.other_id = :owner "
    "EXCEPT SELECT other_id FROM relations WHERE owner_id = :owner AND kind = 'BLOCK' "
    "EXCEPT SELECT owner_id FROM relations WHERE other_id = :owner AND kind = 'BLOCK') AS k ON k.other_id = a.id";
constexpr std::string_view blocked_sql =
    "SELECT other_id FROM relations WHERE owner_id = :owner AND kind = 'BLOCK' "
    "UNION SELECT owner_id FROM relations WHERE other_id = :owner AND kind = 'BLOCK'";

} // namespace

call::display relation_rows::row::display() const {
    return {readable(account_id::parse(other), "account id"), text_of(name), text_of(profile)};
}

ports::acquaintance relation_rows::row::acquaintance() const { return {are_contacts != 0, is_blocked != 0}; }

relation_rows::relation_rows(soci::session& sql)
    : put_{prepared(sql, put_sql, in(in_.owner, "owner"), in(in_.kind, "kind"), in(in_.other, "other"),
                    in(in_.created_at, "created_at"))},
      remove_{prepared(sql, remove_sql, in(in_.owner, "owner"), in(in_.kind, "kind"), in(in_.other, "other"))},
      between_{prepared(sql, "SELECT " + about(acquaintance_sql, ":other"), out(out_.are_contacts),
                        out(out_.is_blocked), in(in_.owner, "owner"), in(in_.other, "other"))},
      contact_list_{prepared(sql, list_sql(in_contacts), out(out_.other), out(out_.name), out(out_.profile),
                             out(out_.number), out(out_.are_contacts), out(out_.is_blocked), in(in_.owner, "owner"),
                             in(in_.number, "before"), in(limit_, "limit"))},
      block_list_{prepared(sql, list_sql(in_blocks), out(out_.other), out(out_.name), out(out_.profile),
                           out(out_.number), out(out_.are_contacts), out(out_.is_blocked), in(in_.owner, "owner"),
                           in(in_.number, "before"), in(limit_, "limit"))},
      contacts_{
          prepared(sql, contacts_sql, out(out_.other), out(out_.name), out(out_.profile), in(in_.owner, "owner"))},
      blocked_{prepared(sql, blocked_sql, out(out_.other), in(in_.owner, "owner"))} {}

void relation_rows::put(account_id const& from, ports::relation what, account_id const& to, wall_time at) {
    put(from, kind_of(what), to, at);
}

void relation_rows::remove(account_id const& from, ports::relation what, account_id const& to) {
    remove(from, kind_of(what), to);
}

void relation_rows::put_pair(account_id const& one, account_id const& other, wall_time at) {
    put(one, pair, other, at);
    put(other, pair, one, at);
}

void relation_rows::remove_pair(account_id const& one, account_id const& other) {
    remove(one, pair, other);
    remove(other, pair, one);
}

void relation_rows::put(account_id const& from, std::string_view kind, account_id const& to, wall_time at) {
    in_.owner = from.text();
    in_.kind = kind;
    in_.other = to.text();
    in_.created_at = to_column(at);
    run(put_);
}

void relation_rows::remove(account_id const& from, std::string_view kind, account_id const& to) {
    in_.owner = from.text();
    in_.kind = kind;
    in_.other = to.text();
    run(remove_);
}

ports::acquaintance relation_rows::between(account_id const& one, account_id const& other) {
    in_.owner = one.text();
    in_.other = other.text();
    ports::acquaintance found;
    for_each_row(between_, [&] { found = out_.acquaintance(); });
    return found;
}

std::vector<listed_relation> relation_rows::of(account_id const& owner, ports::relation list, integer before,
                                               std::uint32_t limit) {
    in_.owner = owner.text();
    in_.number = before;
    limit_ = limit;
    std::vector<listed_relation> found;
    for_each_row(list == ports::relation::contact ? contact_list_ : block_list_,
                 [&] { found.push_back({{out_.display(), out_.acquaintance()}, out_.number}); });
    return found;
}

std::vector<call::display> relation_rows::contacts_of(account_id const& owner) {
    in_.owner = owner.text();
    std::vector<call::display> found;
    for_each_row(contacts_, [&] { found.push_back(out_.display()); });
    return found;
}

std::vector<account_id> relation_rows::blocked_with(account_id const& owner) {
    in_.owner = owner.text();
    std::vector<account_id> found;
    for_each_row(blocked_, [&] { found.push_back(readable(account_id::parse(out_.other), "account id")); });
    return found;
}

} // namespace ringback::store
