#include "call/account.hpp"

#include "call/text_table.hpp"

namespace ringback::call {

namespace {

constexpr text_table<role, 3> roles{{{role::user, "USER"}, {role::telecaller, "TELECALLER"}, {role::admin, "ADMIN"}}};
constexpr text_table<account_status, 2> statuses{
    {{account_status::active, "ACTIVE"}, {account_status::suspended, "SUSPENDED"}}};
constexpr text_table<approval_status, 3> approvals{{{approval_status::pending, "PENDING"},
                                                    {approval_status::approved, "APPROVED"},
                                                    {approval_status::rejected, "REJECTED"}}};

bool has_name(display const& d) noexcept { return d.name && !d.name->empty(); }

// A telecaller always has an approval; one that is set stays when the role changes to and fro.
void complete_approval(account& a, approval_status fresh) {
    if (a.role == role::telecaller && !a.approval) a.approval = fresh;
}

} // namespace

std::string_view to_string(role r) noexcept { return roles.text_of(r); }
std::string_view to_string(account_status s) noexcept { return statuses.text_of(s); }
std::string_view to_string(approval_status s) noexcept { return approvals.text_of(s); }
std::optional<role> parse_role(std::string_view text) noexcept { return roles.value_of(text); }
std::optional<account_status> parse_account_status(std::string_view text) noexcept { return statuses.value_of(text); }
std::optional<approval_status> parse_approval_status(std::string_view text) noexcept {
    return approvals.value_of(text);
}

display display_of(account const& a) { return {a.id, a.name, a.profile}; }
std::string_view name_in_payload(display const& d) noexcept {
    return has_name(d) ? std::string_view{*d.name} : "Unknown";
}
std::string_view name_in_message(display const& d) noexcept {
    return has_name(d) ? std::string_view{*d.name} : "This person";
}

bool is_approved(account const& a) noexcept {
    return a.role != role::telecaller || a.approval == approval_status::approved;
}
bool is_available(account const& a) noexcept { return a.status == account_status::active && is_approved(a); }

bool refresh_from_claims(account& a, account_patch const& patch, std::int64_t issued_at,
                         approval_status fresh_approval) {
    if (issued_at <= a.claims_iat) return false;
    a.claims_iat = issued_at;
    auto take = [&a](account_field field, auto& to, auto const& from) {
        if (from && !a.is_pinned(field)) to = *from;
    };
    take(account_field::role, a.role, patch.role);
    take(account_field::name, a.name, patch.name);
    take(account_field::profile, a.profile, patch.profile);
    take(account_field::language, a.language, patch.language);
    take(account_field::about, a.about, patch.about);
    complete_approval(a, fresh_approval);
    return true;
}

void write_by_admin(account& a, account_patch const& patch, approval_status fresh_approval) {
    auto write = [&a](account_field field, auto& to, auto const& from) {
        if (!from) return;
        to = *from;
        a.pinned |= static_cast<std::uint32_t>(field);
    };
    write(account_field::role, a.role, patch.role);
    write(account_field::name, a.name, patch.name);
    write(account_field::profile, a.profile, patch.profile);
    write(account_field::language, a.language, patch.language);
    write(account_field::about, a.about, patch.about);
    if (patch.status) a.status = *patch.status;
    if (patch.approval) a.approval = patch.approval;
    complete_approval(a, fresh_approval);
}

} // namespace ringback::call
