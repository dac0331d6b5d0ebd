// Which request goes where, what is refused before a handler runs, and what /openapi.json says of it.
#include "gateway/openapi.hpp"
#include "gateway/rest_routes.hpp"
#include "rest_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace ringback::gateway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RestRoutes, AnIdInThePathIsDecoded) {
    auto found = match_rest_route("GET", "/api/v1/accounts/a%2Fb%C3%A9");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->route->path, "/accounts/{id}");
    EXPECT_THAT(found->ids, ElementsAre("a/b\xC3\xA9"));
}

TEST(RestRoutes, AnUnknownPathIsNotFound) {
    for (std::string_view path : {"/api/v1", "/api/v1/", "/api/v1/nowhere", "/api/v1/me/", "/api/v1/accounts/",
                                  "/api/v1/accounts/a/b", "/api/v1/accounts//coins", "/api/v1/calls/%zz", "/other/me"})
        EXPECT_EQ(match_rest_route("GET", path).error().why.status, 404u) << path;
}

TEST(RestRoutes, AKnownPathTellsWhichMethodsItHas) {
    auto refused = match_rest_route("DELETE", "/api/v1/accounts/ann").error();
    EXPECT_EQ(refused.why.status, 405u);
    EXPECT_EQ(refused.allowed, "GET, PUT, PATCH");
}

TEST(RestRoutes, HeadIsServedAsGet) { EXPECT_TRUE(match_rest_route("HEAD", "/api/v1/me")); }

TEST(RestQuery, IsReadAsHtmlFormsWriteIt) {
    auto query = rest_query::parse("a=1+2&b=%26&c&a=3&=x&&d=").value();
    EXPECT_EQ(*query.find("a"), "1 2");
    EXPECT_EQ(*query.find("b"), "&");
    EXPECT_EQ(*query.find("c"), "");
    EXPECT_EQ(*query.find("d"), "");
    EXPECT_EQ(query.find("e"), nullptr);
}

TEST(RestQuery, ABrokenPercentSignIsRefused) {
    for (std::string_view text : {"a=%", "a=%1", "a=%zz", "%4=1", "a=% 1"})
        EXPECT_FALSE(rest_query::parse(text)) << text;
}

TEST(OpenApi, DescribesExactlyTheRoutes) {
    auto document = boost::json::parse(boost::json::string_view{openapi_document().data(), openapi_document().size()});
    std::set<std::string> described, served;
    for (auto const& [path, methods] : document.at("paths").as_object())
        for (auto const& [method, operation] : methods.as_object()) {
            std::string name{method.data(), method.size()};
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
            bool for_admins = operation.at("summary").as_string().ends_with(" (ADMIN)");
            described.insert(name + " " + std::string{path.data(), path.size()} + (for_admins ? " admin" : ""));
        }
    for (rest_route const& r : rest_routes())
        served.insert(std::string{r.method} + " " + std::string{r.path} +
                      (r.who == rest_access::admin ? " admin" : ""));
    EXPECT_EQ(described, served);
}

struct RestAccess : ::testing::Test {
    stage s;
    rest_client rest{s};
};

TEST_F(RestAccess, AProblemIsADocument) {
    auto reply = rest.ask("GET", "/api/v1/me");
    EXPECT_EQ(reply.status, 401u);
    EXPECT_EQ(header_of(reply, "Content-Type"), "application/problem+json");
    EXPECT_EQ(header_of(reply, "WWW-Authenticate"), "Bearer");
    EXPECT_EQ(reply.body, R"({"type":"about:blank","title":"Unauthorized","status":401,)"
                          R"("detail":"Authentication token required","code":"UNAUTHORIZED"})");
}

TEST_F(RestAccess, AnInvalidTokenIsUnauthorized) {
    auto reply = rest.ask("GET", "/api/v1/me", "", "Authorization: Bearer x.y.z\r\n");
    EXPECT_EQ(reply.status, 401u);
    EXPECT_EQ(text(reply.body, "detail"), "Invalid or expired token");
}

TEST_F(RestAccess, WhatDoesNotExistIsToldWithoutAToken) {
    EXPECT_EQ(rest.ask("GET", "/api/v1/nowhere").status, 404u);
    auto reply = rest.ask("DELETE", "/api/v1/me");
    EXPECT_EQ(reply.status, 405u);
    EXPECT_EQ(header_of(reply, "Allow"), "GET");
}

TEST_F(RestAccess, TheCookieCountsFromTheOwnHostOnly) {
    auto cookie =
        "Host: here\r\nCookie: authenticationToken=" + stage::sign(stage::claims_of("uma", auth::account_role::user)) +
        "\r\n";
    EXPECT_EQ(rest.ask("GET", "/api/v1/me", "", cookie).status, 200u);
    EXPECT_EQ(rest.ask("GET", "/api/v1/me", "", cookie + "Origin: http://here\r\n").status, 200u);
    EXPECT_EQ(rest.ask("GET", "/api/v1/me", "", cookie + "Origin: https://evil.example\r\n").status, 401u);
}

TEST_F(RestAccess, OnlyAnAdminUsesTheRoutesOfAdmins) {
    for (rest_route const& r : rest_routes()) {
        if (r.who != rest_access::admin) continue;
        std::string path{r.path};
        if (auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "uma");
        auto reply = rest.as_user(std::string{r.method}, "/api/v1" + path);
        EXPECT_EQ(reply.status, 403u) << r.method << " " << r.path;
        EXPECT_EQ(text(reply.body, "code"), "ACCESS_DENIED");
    }
}

TEST_F(RestAccess, TheStatusOfTheAccountIsChecked) {
    ASSERT_EQ(rest.as_user("GET", "/api/v1/me").status, 200u);
    ASSERT_EQ(rest.as_admin("PATCH", "/api/v1/accounts/uma", R"({"accountStatus":"SUSPENDED"})").status, 200u);
    auto reply = rest.as_user("GET", "/api/v1/me");
    EXPECT_EQ(reply.status, 403u);
    EXPECT_EQ(text(reply.body, "code"), "ACCOUNT_SUSPENDED");
    EXPECT_EQ(text(reply.body, "detail"), "Account suspended. Please contact support.");
}

TEST_F(RestAccess, AStoreThatIsAwayIsAServiceThatIsUnavailable) {
    s.store.is_away = true;
    EXPECT_EQ(rest.as_user("GET", "/api/v1/me").status, 503u);
}

TEST_F(RestAccess, ALimitIsOneToAHundred) {
    for (std::string_view limit : {"0", "101", "-1", "x", "", "1.5", "99999999999"}) {
        auto reply = rest.as_user("GET", "/api/v1/calls?limit=" + std::string{limit});
        EXPECT_EQ(reply.status, 400u) << limit;
        EXPECT_THAT(reply.body, HasSubstr("limit"));
    }
    for (std::string_view limit : {"1", "100"})
        EXPECT_EQ(rest.as_user("GET", "/api/v1/calls?limit=" + std::string{limit}).status, 200u);
}

TEST_F(RestAccess, ABodyIsBounded) {
    std::string large = R"({"name":")" + std::string(70'000, 'x') + "\"}";
    EXPECT_EQ(rest.as_admin("PUT", "/api/v1/accounts/ann", large).status, 413u);
}

} // namespace
} // namespace ringback::gateway::testing
