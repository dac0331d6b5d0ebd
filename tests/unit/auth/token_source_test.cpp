#include "auth/token_source.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace ringback::auth;

namespace {

std::vector<std::string> const nobody;
std::vector<std::string> const listed{"*", "https://app.example.com", "null"};

/// A handshake with the cookie alone, from `origin` to `host`.
bool cookie_counts(std::optional<std::string_view> origin, std::string_view host,
                   std::vector<std::string> const& cors_origins = nobody) {
    return find_token({.cookie = "authenticationToken=c", .origin = origin, .host = host}, cors_origins) == "c";
}

} // namespace

TEST(TokenSource, PrefersAuthThenBearerThenCookie) {
    token_places all{.auth_token = "a", .authorization = "Bearer b", .cookie = "authenticationToken=c"};
    EXPECT_EQ(find_token(all, nobody), "a");
    all.auth_token = {};
    EXPECT_EQ(find_token(all, nobody), "b");
    all.authorization = {};
    EXPECT_EQ(find_token(all, nobody), "c");
    all.cookie = {};
    EXPECT_EQ(find_token(all, nobody), std::nullopt);
}

TEST(TokenSource, ReadsTheBearerSchemeInAnyCaseAndNoOther) {
    auto bearer = [](std::string_view header) { return find_token({.authorization = header}, nobody); };
    EXPECT_EQ(bearer("Bearer x.y.z"), "x.y.z");
    EXPECT_EQ(bearer("bearer  x.y.z "), "x.y.z");
    EXPECT_EQ(bearer("BEARER x"), "x");
    for (std::string_view other : {"Basic eDp5", "Bearer", "Bearer ", "Bearerx", "x.y.z", " "})
        EXPECT_EQ(bearer(other), std::nullopt) << other;
}

TEST(TokenSource, FindsTheCookieAmongOthers) {
    auto cookie = [](std::string_view header) { return find_token({.cookie = header}, nobody); };
    EXPECT_EQ(cookie("authenticationToken=x.y.z"), "x.y.z");
    EXPECT_EQ(cookie("a=1; authenticationToken=x; b=2"), "x");
    EXPECT_EQ(cookie("a=1;authenticationToken=\"x\""), "x");
    EXPECT_EQ(cookie("authenticationToken=first; authenticationToken=second"), "first");
    for (std::string_view other : {"", ";", "authenticationToken", "authenticationToken=", "authenticationToken=\"\"",
                                   "AuthenticationToken=x", "xauthenticationToken=x", "a=authenticationToken=x"})
        EXPECT_EQ(cookie(other), std::nullopt) << other;
}

TEST(TokenSource, TrustsTheCookieWithoutAnOriginAndFromItsOwnHost) {
    EXPECT_TRUE(cookie_counts(std::nullopt, "app.example.com"));
    EXPECT_TRUE(cookie_counts("https://app.example.com", "app.example.com"));
    EXPECT_TRUE(cookie_counts("http://localhost:8000", "localhost:8000"));
    EXPECT_TRUE(cookie_counts("https://app.example.com", "App.Example.com:443"));
    EXPECT_TRUE(cookie_counts("http://[::1]", "[::1]:80"));
}

TEST(TokenSource, DistrustsTheCookieFromOtherOrigins) {
    for (std::string_view origin : {"https://evil.example", "https://app.example.com.evil.example", "null", "*", "",
                                    "app.example.com", "https://", "http://app.example.com:8080"})
        EXPECT_FALSE(cookie_counts(origin, "app.example.com")) << origin;
    EXPECT_FALSE(cookie_counts("https://", ""));
    EXPECT_FALSE(cookie_counts("http://app.example.com", "app.example.com:443"));
}

TEST(TokenSource, TrustsTheCookieFromListedOriginsButNeverThroughTheStar) {
    EXPECT_TRUE(cookie_counts("https://app.example.com", "api.example.com", listed));
    EXPECT_FALSE(cookie_counts("https://evil.example", "api.example.com", listed));
    EXPECT_FALSE(cookie_counts("*", "api.example.com", listed));
    EXPECT_FALSE(cookie_counts("null", "api.example.com", listed));
}

TEST(TokenSource, OriginsMatterToTheCookieAlone) {
    token_places from_afar{.auth_token = "a", .origin = "https://evil.example", .host = "app.example.com"};
    EXPECT_EQ(find_token(from_afar, nobody), "a");
}
