#include "app/token_keys.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace ringback::app {
namespace {

std::string told(auth::key_error const& error) {
    std::string why{describe(error.why)};
    return error.file.empty() ? "auth.secret: " + why : "auth.keys " + json_string(error.file.string()) + ": " + why;
}

} // namespace

auth::key_config key_config_of(auth_settings const& s) {
    auth::key_config c{.algorithms = {}, .secret = s.secret, .files = {s.keys.begin(), s.keys.end()}};
    for (auto const& name : s.algorithms)
        if (auto algorithm = auth::parse_algorithm(name)) c.algorithms.push_back(*algorithm);
    return c;
}

auth::jwt_config jwt_config_of(auth_settings const& s) {
    return {.issuer = s.issuer,
            .audience = s.audience,
            .leeway = std::chrono::duration_cast<std::chrono::seconds>(s.leeway),
            .require_expiry = s.require_exp};
}

std::optional<auth::jws_algorithm> signing_algorithm(auth_settings const& s) {
    auto listed = key_config_of(s).algorithms;
    auto found = std::ranges::find_if(listed, auth::is_symmetric);
    return found == listed.end() ? std::nullopt : std::optional{*found};
}

void check_token_keys(settings const& s, setting_errors& errors) {
    auto config = key_config_of(s.auth);
    bool wants_secret = std::ranges::any_of(config.algorithms, auth::is_symmetric);
    auto with_keys = std::ranges::find_if_not(config.algorithms, auth::is_symmetric);
    bool wants_keys = with_keys != config.algorithms.end();
    if (wants_secret && s.auth.secret.empty() && !s.server.demo)
        errors.emplace_back("auth.secret is not set; allowed is a string of at least 32 bytes, here or in the file "
                            "that auth.secret_file names (only server.demo makes up a secret), or auth.algorithms "
                            "without HS256, HS384 and HS512");
    if (!wants_secret && s.server.demo)
        errors.emplace_back("server.demo = true: allowed with one of HS256, HS384 and HS512 in auth.algorithms, "
                            "because the demo signs its tokens with a secret");
    if (wants_keys && config.files.empty())
        errors.push_back("auth.keys is not set; auth.algorithms has " + std::string{name_of(*with_keys)} +
                         ", which needs a list of PEM or JWKS files");
    if (!wants_keys && !config.files.empty())
        errors.emplace_back("auth.keys is set: allowed with one of RS256, PS256, ES256 and ES384 in auth.algorithms");
    if (!wants_keys || config.files.empty()) return;
    if (auto ring = auth::key_ring::open(std::move(config), wall_time{}); !ring) errors.push_back(told(ring.error()));
}

auth::jwt_verifier make_verifier(auth_settings const& s, wall_time now) {
    auto ring = auth::key_ring::open(key_config_of(s), now);
    if (!ring) throw std::runtime_error{told(ring.error())};
    return {*std::move(ring), jwt_config_of(s)};
}

} // namespace ringback::app
