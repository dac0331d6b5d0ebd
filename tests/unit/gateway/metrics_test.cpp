// What operators see of the process: /metrics.
#include "gateway/metrics.hpp"
#include "rest_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct Metrics : ::testing::Test {
    net::http_reply scrape(std::string headers, secret const& token = secret{"a token of the metrics"}) {
        auto got = std::make_shared<net::http_reply>();
        net::http_request request{"GET", "/metrics", {}, {}};
        request.opening.headers = std::move(headers);
        answer_metrics(s.server->at(1), request, token, [got](net::http_reply r) { *got = std::move(r); });
        s.settle();
        return std::move(*got);
    }
    std::string figures() { return scrape("Authorization: Bearer a token of the metrics\r\n").body; }

    stage s{stage::unlimited(), 2};
};

TEST_F(Metrics, AreForTheBearerOfTheirTokenAndForAdmins) {
    EXPECT_EQ(scrape("Authorization: Bearer a token of the metrics\r\n").status, 200u);
    EXPECT_EQ(scrape(rest_client::bearer("root", auth::account_role::admin)).status, 200u);
    EXPECT_EQ(scrape(rest_client::bearer("uma", auth::account_role::user)).status, 403u);
    EXPECT_EQ(scrape("Authorization: Bearer a token of the metricz\r\n").status, 401u);
    EXPECT_EQ(scrape("").status, 401u);
    EXPECT_EQ(scrape("Authorization: Bearer \r\n", secret{}).status, 401u);
}

TEST_F(Metrics, CountWhatIsThereOnEveryShard) {
    phone& uma = s.user("uma", 0);
    phone& tess = s.telecaller("tess", 1);
    stage::forget_presence(uma);
    std::string id = s.talk(uma, tess);
    std::string all = figures();
    for (char const* line : {"\nringback_sockets 2\n", "\nringback_calls_active 1\n", "\nringback_calls_remembered 0\n",
                             "\nringback_users_online 1\n", "\nringback_telecallers_online 1\n",
                             "\nringback_requests_waiting 0\n", "ringback_connections_total{outcome=\"ok\"} 2\n"})
        EXPECT_THAT(all, HasSubstr(line));
    uma.emit("call:end", stage::call(id));
    s.settle();
    all = figures();
    for (char const* line : {"\nringback_calls_active 0\n", "\nringback_calls_remembered 1\n", "\nringback_timers 1\n",
                             "ringback_calls_ended_total{reason=\"hangup\",status=\"COMPLETED\"} 1\n",
                             "ringback_requests_total{event=\"call:accept\",outcome=\"ok\"} 1\n",
                             "ringback_request_duration_seconds_count{event=\"call:end\"} 1\n",
                             "ringback_store_wait_seconds_count{step=\"RINGING\"} 1\n"})
        EXPECT_THAT(all, HasSubstr(line));
    s.wait(61s);
    EXPECT_THAT(figures(), HasSubstr("\nringback_calls_remembered 0\n"));
    EXPECT_THAT(figures(), HasSubstr("\nringback_timers 0\n"));
    EXPECT_THAT(figures(), Not(HasSubstr(id)));
}

TEST_F(Metrics, CountWhatWasRefused) {
    phone& uma = s.user();
    uma.emit("call:end", "{}");
    uma.emit("call:teleport", "{}");
    s.settle();
    phone& nobody = s.connect("/telecaller", stage::claims_of("uma", auth::account_role::user));
    EXPECT_FALSE(nobody.joined());
    std::string all = figures();
    EXPECT_THAT(all, HasSubstr("ringback_requests_total{event=\"call:end\",outcome=\"INVALID_CALL_ID\"} 1\n"));
    EXPECT_THAT(all, HasSubstr("ringback_connections_total{outcome=\"ACCESS_DENIED\"} 1\n"));
    EXPECT_THAT(all, HasSubstr("\nringback_unknown_events_total 1\n"));
}

} // namespace
} // namespace ringback::gateway::testing
