#include "app/token_command.hpp"

#include "app/data_directory.hpp"
#include "app/setting_value.hpp"
#include "app/token_keys.hpp"
#include "auth/claims.hpp"
#include "auth/jwt_signer.hpp"
#include "base/ids.hpp"
#include "base/json_text.hpp"

namespace ringback::app {
namespace {

std::optional<secret> signing_secret(settings const& s) {
    if (!s.auth.secret.empty()) return s.auth.secret;
    return stored_demo_secret(s.data_directory);
}

} // namespace

std::expected<std::string, setting_errors> make_token(token_request const& request, settings const& s, wall_time now) {
    setting_errors errors;
    auto refuse = [&](std::string_view option, std::string_view value, std::string_view allowed) {
        errors.push_back(std::string{option} + " " + json_string(value) + ": allowed is " + std::string{allowed});
    };
    auto account = account_id::parse(request.id);
    if (!account) refuse("--id", request.id, "1 to 128 printable ASCII characters without spaces");
    auto role = auth::parse_role(request.role);
    if (!role) refuse("--role", request.role, "USER, TELECALLER or ADMIN");
    auto ttl = parse_duration(request.ttl);
    if (!ttl) refuse("--ttl", request.ttl, R"(a duration such as "1h", or 0 for a token that never expires)");
    auto algorithm = signing_algorithm(s.auth);
    auto key = signing_secret(s);
    if (!algorithm)
        errors.emplace_back("auth.algorithms has no HS256, HS384 or HS512, so only the holder of a private key can "
                            "sign a token that the server accepts");
    else if (!key)
        errors.push_back("auth.secret is not set, and no demo has kept a secret in " + s.data_directory.string());
    if (!errors.empty()) return std::unexpected{std::move(errors)};

    auth::claims claims{.account = *std::move(account),
                        .role = *role,
                        .name = request.name,
                        .profile = request.profile,
                        .language = request.language,
                        .about = request.about,
                        .issued_at = now};
    if (*ttl > duration{0}) claims.expires_at = now + *ttl;
    auto signer = auth::jwt_signer::create(*key, *algorithm).value(); // neither source has an empty secret
    return signer.sign(auth::write_claims(claims, s.auth.issuer, s.auth.audience));
}

} // namespace ringback::app
