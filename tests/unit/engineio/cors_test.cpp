#include "engineio/cors.hpp"

#include <gtest/gtest.h>

namespace ringback::engineio {
namespace {

using headers = std::vector<response_header>;

constexpr std::string_view good = "http://good-domain.com";
constexpr std::string_view bad = "http://bad-domain.com";
constexpr std::string_view all_methods = "GET,HEAD,PUT,PATCH,POST,DELETE";

cors_request actual(std::optional<std::string_view> origin) { return {cors_request::kind::actual, origin, {}}; }
cors_request preflight(std::optional<std::string_view> origin, std::optional<std::string_view> wanted = {}) {
    return {cors_request::kind::preflight, origin, wanted};
}
cors_config listing(std::vector<std::string> origins) {
    cors_config config;
    config.origins = std::move(origins);
    return config;
}

TEST(Cors, WithoutOriginsThereIsNoHeaderAndNoPreflight) {
    EXPECT_EQ(decide_cors({}, actual(good)), cors_decision{});
    EXPECT_EQ(decide_cors({}, preflight(good)), cors_decision{});
}

TEST(Cors, AStarAnswersEverybodyAlike) {
    headers const expected{{"Access-Control-Allow-Origin", "*"}};
    EXPECT_EQ(decide_cors(listing({"*"}), actual(good)), (cors_decision{expected, {}}));
    EXPECT_EQ(decide_cors(listing({"*"}), actual({})), (cors_decision{expected, {}}));
}

TEST(Cors, AListedOriginIsEchoedAndOthersGetNothing) {
    auto config = listing({"https://a.example", std::string{good}});
    EXPECT_EQ(decide_cors(config, actual(good)).headers,
              (headers{{"Access-Control-Allow-Origin", std::string{good}}, {"Vary", "Origin"}}));
    EXPECT_EQ(decide_cors(config, actual(bad)).headers, (headers{{"Vary", "Origin"}}));
    EXPECT_EQ(decide_cors(config, actual({})).headers, (headers{{"Vary", "Origin"}}));
    EXPECT_EQ(decide_cors(config, actual("null")).headers, (headers{{"Vary", "Origin"}}));
}

TEST(Cors, AnOriginNamedBesideTheStarIsEchoed) {
    auto config = listing({"*", std::string{good}});
    EXPECT_EQ(decide_cors(config, actual(good)).headers,
              (headers{{"Access-Control-Allow-Origin", std::string{good}}, {"Vary", "Origin"}}));
    EXPECT_EQ(decide_cors(config, actual(bad)).headers,
              (headers{{"Access-Control-Allow-Origin", "*"}, {"Vary", "Origin"}}));
}

TEST(Cors, APreflightIsAnsweredWithTheHeadersItAsksFor) {
    auto decision = decide_cors(listing({std::string{good}}), preflight(good, "my-header,x"));
    EXPECT_EQ(decision.preflight_status, 204u);
    EXPECT_EQ(decision.headers, (headers{{"Access-Control-Allow-Origin", std::string{good}},
                                         {"Access-Control-Allow-Methods", std::string{all_methods}},
                                         {"Access-Control-Allow-Headers", "my-header,x"},
                                         {"Vary", "Origin, Access-Control-Request-Headers"}}));
}

TEST(Cors, APreflightThroughTheStarVariesByRequestedHeadersOnly) {
    EXPECT_EQ(decide_cors(listing({"*"}), preflight(good)).headers,
              (headers{{"Access-Control-Allow-Origin", "*"},
                       {"Access-Control-Allow-Methods", std::string{all_methods}},
                       {"Vary", "Access-Control-Request-Headers"}}));
}

TEST(Cors, ThePreflightOfABadOriginIsAnsweredWithoutPermission) {
    EXPECT_EQ(decide_cors(listing({std::string{good}}), preflight(bad, "x")),
              (cors_decision{{{"Vary", "Origin"}}, 204u}));
}

TEST(Cors, TheFullSetOfOptionsIsSent) {
    auto config = listing({std::string{good}});
    config.credentials = true;
    config.methods = {"GET", "PUT", "POST"};
    config.allowed_headers = {"my-header-1", "my-header-2"};
    config.exposed_headers = {"my-exposed-1", "my-exposed-2"};
    config.max_age = std::chrono::seconds{123};
    config.preflight_status = 200;
    auto decision = decide_cors(config, preflight(good, "ignored"));
    EXPECT_EQ(decision.preflight_status, 200u);
    EXPECT_EQ(decision.headers, (headers{{"Access-Control-Allow-Origin", std::string{good}},
                                         {"Access-Control-Allow-Credentials", "true"},
                                         {"Access-Control-Allow-Methods", "GET,PUT,POST"},
                                         {"Access-Control-Allow-Headers", "my-header-1,my-header-2"},
                                         {"Access-Control-Max-Age", "123"},
                                         {"Access-Control-Expose-Headers", "my-exposed-1,my-exposed-2"},
                                         {"Vary", "Origin"}}));
    EXPECT_EQ(decide_cors(config, actual(good)),
              (cors_decision{{{"Access-Control-Allow-Origin", std::string{good}},
                              {"Access-Control-Allow-Credentials", "true"},
                              {"Access-Control-Expose-Headers", "my-exposed-1,my-exposed-2"},
                              {"Vary", "Origin"}},
                             {}}));
}

TEST(Cors, SameOriginComparesHostAndPort) {
    struct row {
        std::string_view origin;
        std::string_view host;
        bool same;
    };
    row const rows[] = {
        {"http://example.com", "example.com", true},
        {"https://Example.COM", "example.com", true},
        {"http://10.0.2.2:8000", "10.0.2.2:8000", true},
        {"http://[::1]:8000", "[::1]:8000", true},
        {"https://example.com", "example.com:443", true},
        {"http://example.com:80", "example.com", true},
        {"http://example.com", "example.com:443", false},
        {"http://example.com:8080", "example.com", false},
        {"http://example.com:8000", "example.com:8001", false},
        {"http://example.com.evil.org", "example.com", false},
        {"http://evil-example.com", "example.com", false},
        {"example.com", "example.com", false},
        {"null", "null", false},
        {"", "", false},
        {"http://", "", false},
    };
    for (row const& r : rows)
        EXPECT_EQ(is_same_origin(r.origin, r.host), r.same) << r.origin << " at " << r.host;
}

TEST(Cors, AWebSocketNeedsTheOwnHostAListedOriginOrNone) {
    constexpr std::string_view host = "calls.example";
    auto listed = listing({std::string{good}});
    auto star = listing({"*"});
    for (cors_config const& config : {cors_config{}, listed, star}) {
        EXPECT_TRUE(origin_allowed_for_websocket(config, {}, host));
        EXPECT_TRUE(origin_allowed_for_websocket(config, "https://calls.example", host));
    }
    EXPECT_FALSE(origin_allowed_for_websocket({}, good, host));
    EXPECT_TRUE(origin_allowed_for_websocket(listed, "HTTP://good-domain.com", host));
    EXPECT_FALSE(origin_allowed_for_websocket(listed, bad, host));
    EXPECT_FALSE(origin_allowed_for_websocket(listed, "null", host));
    EXPECT_FALSE(origin_allowed_for_websocket(listed, "", host));
    EXPECT_TRUE(origin_allowed_for_websocket(star, bad, host));
}

TEST(Cors, TheStarListsNobodyLiterally) {
    EXPECT_FALSE(is_listed_origin(listing({"*"}), good));
    EXPECT_FALSE(is_listed_origin(listing({"*"}), "*"));
    EXPECT_TRUE(is_listed_origin(listing({"*", std::string{good}}), good));
}

} // namespace
} // namespace ringback::engineio
