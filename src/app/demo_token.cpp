#include "app/demo_token.hpp"

#include "auth/claims.hpp"
#include "base/json_text.hpp"
#include "engineio/cors.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace ringback::app {
namespace json = boost::json;
namespace {

constexpr std::chrono::hours token_lifetime{12};

std::optional<std::string_view> text_member(json::object const& in, std::string_view key) {
    auto const* found = in.if_contains(key);
    auto const* text = found ? found->if_string() : nullptr;
    return text ? std::optional<std::string_view>{*text} : std::nullopt;
}

/// What the body asks for; nullopt when the demo does not sign that.
std::optional<auth::claims> wanted_claims(std::string_view body, wall_time now) {
    json::error_code ec;
    json::value parsed = json::parse({body.data(), body.size()}, ec);
    json::object const* asked = ec ? nullptr : parsed.if_object();
    if (!asked) return std::nullopt;
    auto id = text_member(*asked, "id");
    auto account = id && id->starts_with("demo-") ? account_id::parse(*id) : std::nullopt;
    auto role = auth::parse_role(text_member(*asked, "role").value_or("USER"));
    if (!account || !role || *role == auth::account_role::admin) return std::nullopt;
    auth::claims c{.account = *account, .role = *role, .issued_at = now, .expires_at = now + token_lifetime};
    for (auto [key, field] :
         {std::pair{"name", &c.name}, {"profile", &c.profile}, {"language", &c.language}, {"about", &c.about}})
        if (auto text = text_member(*asked, key); text && text->size() <= 200) *field = std::string{*text};
    return c;
}

} // namespace

void add_demo_token(net::http_routes& routes, auth::jwt_signer signer, std::string issuer, std::string audience,
                    clock_source const& clock) {
    auto shared = std::make_shared<auth::jwt_signer const>(std::move(signer));
    routes.add(
        "POST", "/demo/token", [=, &clock](net::shard&, net::http_request const& request, net::reply_handler reply) {
            auto origin = request.header("origin");
            if (!origin.empty() && !engineio::is_same_origin(origin, request.header("host")))
                return reply(net::http_reply::text(403, "The demo signs for its own page only\n"));
            auto claims = wanted_claims(request.body, clock.now().wall);
            if (!claims)
                return reply(net::http_reply::text(
                    400,
                    "Expected {id, role, name} with an id that begins with demo- and the role USER or TELECALLER\n"));
            std::string token = shared->sign(auth::write_claims(*claims, issuer, audience));
            reply(net::http_reply::json(200, "{\"token\":" + json_string(token) + "}"));
        });
}

} // namespace ringback::app
