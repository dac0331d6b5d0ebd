#include "auth/claims.hpp"

#include "base/json_text.hpp"

namespace ringback::auth {

std::optional<account_role> parse_role(std::string_view name) noexcept {
    for (auto role : {account_role::user, account_role::telecaller, account_role::admin})
        if (name == name_of(role)) return role;
    return std::nullopt;
}

std::string_view name_of(account_role role) noexcept {
    switch (role) {
    case account_role::user: return "USER";
    case account_role::telecaller: return "TELECALLER";
    case account_role::admin: return "ADMIN";
    }
    return {};
}

namespace {

void append_text(std::string& out, std::string_view key, std::string_view value) {
    out.append(",\"").append(key).append("\":");
    append_json_string(out, value);
}

void append_time(std::string& out, std::string_view key, std::optional<wall_time> at) {
    if (!at) return;
    auto seconds = std::chrono::floor<std::chrono::seconds>(*at).time_since_epoch().count();
    out.append(",\"").append(key).append("\":").append(std::to_string(seconds));
}

} // namespace

std::string write_claims(claims const& c, std::string_view issuer, std::string_view audience) {
    std::string out = R"({"sub":)";
    append_json_string(out, c.account.text());
    append_text(out, "role", name_of(c.role));
    if (c.name) append_text(out, "name", *c.name);
    if (c.profile) append_text(out, "profile", *c.profile);
    if (c.language) append_text(out, "language", *c.language);
    if (c.about) append_text(out, "about", *c.about);
    if (!issuer.empty()) append_text(out, "iss", issuer);
    if (!audience.empty()) append_text(out, "aud", audience);
    append_time(out, "iat", c.issued_at);
    append_time(out, "nbf", c.not_before);
    append_time(out, "exp", c.expires_at);
    out += '}';
    return out;
}

} // namespace ringback::auth
