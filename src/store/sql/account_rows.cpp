#include "store/sql/account_rows.hpp"

#include "store/sql/statement.hpp"

#include <functional>
#include <string_view>

namespace ringback::store {

namespace {

constexpr std::string_view columns =
    "SELECT id, role, name, profile, language, about, status, approval, coins, created_at, claims_iat, pinned "
    "FROM accounts WHERE ";
// The literal terms are those of the partial indexes: the planner takes them for no others.
constexpr std::string_view listed = "role = 'TELECALLER' AND status = 'ACTIVE' AND approval = 'APPROVED' AND ";
constexpr std::string_view of_language = "language = :language AND ";
constexpr std::string_view after_position =
    "(created_at, id) < (:created_at, :id) ORDER BY created_at DESC, id DESC LIMIT :limit";

constexpr std::string_view insert_sql =
    "INSERT INTO accounts (id, role, name, profile, language, about, status, approval, coins, created_at, claims_iat, "
    "pinned) VALUES (:id, :role, :name, :profile, :language, :about, :status, :approval, 0, :created_at, :claims_iat, "
    ":pinned)";
constexpr std::string_view update_sql =
    "UPDATE accounts SET role = :role, name = :name, profile = :profile, language = :language, about = :about, "
    "status = :status, approval = :approval, claims_iat = :claims_iat, pinned = :pinned WHERE id = :id";

template <typename... Parts>
std::string joined(Parts... parts) {
    std::string text;
    (text.append(parts), ...);
    return text;
}

} // namespace

void account_rows::row::take(call::account const& a) {
    id = a.id.text();
    role = call::to_string(a.role);
    set(name, a.name);
    set(profile, a.profile);
    language = a.language;
    about = a.about;
    status = call::to_string(a.status);
    set(approval, a.approval.transform([](call::approval_status s) { return call::to_string(s); }));
    created_at = to_column(a.created_at);
    claims_iat = a.claims_iat;
    pinned = a.pinned;
}

call::account account_rows::row::read() const {
    call::account a;
    a.id = readable(account_id::parse(id), "account id");
    a.role = readable(call::parse_role(role), "role");
    a.name = text_of(name);
    a.profile = text_of(profile);
    a.language = language;
    a.about = about;
    a.status = readable(call::parse_account_status(status), "account status");
    if (approval.has_value()) a.approval = readable(call::parse_approval_status(approval.value), "approval");
    a.coins = coins;
    a.created_at = time_of(created_at);
    a.claims_iat = claims_iat;
    a.pinned = static_cast<std::uint32_t>(pinned);
    return a;
}

void account_rows::row::define(soci::statement& query) {
    out(id)(query);
    out(role)(query);
    out(name)(query);
    out(profile)(query);
    out(language)(query);
    out(about)(query);
    out(status)(query);
    out(approval)(query);
    out(coins)(query);
    out(created_at)(query);
    out(claims_iat)(query);
    out(pinned)(query);
}

void account_rows::row::bind(soci::statement& write) {
    in(id, "id")(write);
    in(role, "role")(write);
    in(name, "name")(write);
    in(profile, "profile")(write);
    in(language, "language")(write);
    in(about, "about")(write);
    in(status, "status")(write);
    in(approval, "approval")(write);
    in(claims_iat, "claims_iat")(write);
    in(pinned, "pinned")(write);
}

void account_rows::list_range::bind(soci::statement& query) {
    in(created_at, "created_at")(query);
    in(id, "id")(query);
    in(limit, "limit")(query);
}

account_rows::account_rows(soci::session& sql)
    : find_{prepared(sql, joined(columns, "id = :id"), std::bind_front(&row::define, &out_), in(in_.id, "id"))},
      find_to_write_{prepared(sql, joined(columns, "id = :id {for_update}"), std::bind_front(&row::define, &out_),
                              in(in_.id, "id"))},
      insert_{prepared(sql, insert_sql, std::bind_front(&row::bind, &in_), in(in_.created_at, "created_at"))},
      update_{prepared(sql, update_sql, std::bind_front(&row::bind, &in_))},
      all_{prepared(sql, joined(columns, after_position), std::bind_front(&row::define, &out_),
                    std::bind_front(&list_range::bind, &range_))},
      telecallers_{prepared(sql, joined(columns, listed, after_position), std::bind_front(&row::define, &out_),
                            std::bind_front(&list_range::bind, &range_))},
      telecallers_of_language_{
          prepared(sql, joined(columns, listed, of_language, after_position), std::bind_front(&row::define, &out_),
                   std::bind_front(&list_range::bind, &range_), in(range_.language, "language"))} {}

std::optional<call::account> account_rows::find(account_id const& id) { return read_one(find_, id); }

std::optional<call::account> account_rows::find_to_write(account_id const& id) { return read_one(find_to_write_, id); }

std::optional<call::account> account_rows::read_one(soci::statement& query, account_id const& id) {
    in_.id = id.text();
    std::optional<call::account> found;
    for_each_row(query, [&] { found = out_.read(); });
    return found;
}

void account_rows::insert(call::account const& a) {
    in_.take(a);
    run(insert_);
}

void account_rows::update(call::account const& a) {
    in_.take(a);
    run(update_);
}

std::vector<call::account> account_rows::all(account_position const& from, std::uint32_t limit) {
    range_ = {{}, from.id, to_column(from.created_at), limit};
    return read_page(all_);
}

std::vector<call::account> account_rows::telecallers(std::string const& language, account_position const& from,
                                                     std::uint32_t limit) {
    range_ = {language, from.id, to_column(from.created_at), limit};
    return read_page(language.empty() ? telecallers_ : telecallers_of_language_);
}

std::vector<call::account> account_rows::read_page(soci::statement& list) {
    std::vector<call::account> found;
    for_each_row(list, [&] { found.push_back(out_.read()); });
    return found;
}

} // namespace ringback::store
