#include "gateway/webhook_payloads.hpp"
#include "rest_client.hpp"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace ringback::gateway::testing {

using namespace std::chrono_literals;

namespace {

ports::dead_webhook letter(std::string id) {
    return {.id = std::move(id),
            .type = ports::webhook_type::call_ended,
            .body = R"({"id":"x"})",
            .created_at = wall_time{1'800'000'000'000ms},
            .died_at = wall_time{1'800'000'060'000ms},
            .attempts = 3,
            .reason = "status 410: the receiver does not want it"};
}

gateway_config telling() {
    auto c = stage::unlimited();
    c.tells_presence = true;
    return c;
}

/// What the store was told of presence: "account realm presence".
std::vector<std::string> shown(stage const& s) {
    std::vector<std::string> all;
    for (auto const& w : s.store.writes)
        if (auto const* p = std::get_if<ports::presence_shown>(&w))
            all.push_back(p->who.text() + " " + std::string{to_string(p->realm)} + " " +
                          std::string{to_string(p->now)});
    return all;
}

} // namespace

TEST(WebhookRoutes, DeadLettersAreListedForAdminsAlone) {
    stage s;
    rest_client rest{s};
    s.outbox.dead = {letter("0123456789abcdef01234567")};
    auto reply = rest.as_admin("GET", "/api/v1/webhooks/dead");
    EXPECT_EQ(reply.status, 200u);
    EXPECT_EQ(
        reply.body,
        R"({"items":[{"id":"0123456789abcdef01234567","type":"call.ended","createdAt":"2027-01-15T08:00:00.000Z",)"
        R"("diedAt":"2027-01-15T08:01:00.000Z","attempts":3,)"
        R"("reason":"status 410: the receiver does not want it","event":{"id":"x"}}],"nextCursor":null})");
    EXPECT_EQ(rest.as_user("GET", "/api/v1/webhooks/dead").status, 403u);
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/webhooks/dead?cursor=x").status, 400u);
    s.outbox.is_away = true;
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/webhooks/dead").status, 503u);
}

TEST(WebhookRoutes, ADeadLetterIsReplayedOnce) {
    stage s;
    rest_client rest{s};
    s.outbox.dead = {letter("0123456789abcdef01234567")};
    auto const route = "/api/v1/webhooks/dead/0123456789abcdef01234567/replay";
    EXPECT_EQ(rest.as_user("POST", route).status, 403u);
    EXPECT_EQ(rest.as_admin("POST", route).status, 200u);
    EXPECT_EQ(rest.as_admin("POST", route).status, 404u);
    EXPECT_EQ(rest.as_admin("POST", "/api/v1/webhooks/dead/x%00/replay").status, 404u);
    s.outbox.is_away = true;
    EXPECT_EQ(rest.as_admin("POST", route).status, 503u);
}

TEST(PresenceRecord, EachChangeOfATelecallerIsWrittenOnce) {
    stage s{telling(), 2};
    auto& uma = s.user("uma", 0);
    auto& tess = s.telecaller("tess", 1);
    auto id = s.talk(uma, tess);
    uma.emit("call:end", stage::call(id));
    s.settle();
    tess.drop();
    s.settle();
    EXPECT_EQ(shown(s), (std::vector<std::string>{"tess telecaller ONLINE", "tess telecaller ON_CALL",
                                                  "tess telecaller ONLINE", "tess telecaller OFFLINE"}));
}

TEST(PresenceRecord, NothingIsWrittenForNobody) {
    stage s;
    s.telecaller("tess");
    EXPECT_TRUE(shown(s).empty());
}

TEST(WebhookMetrics, TellDepthAgeAndResults) {
    ports::webhook_figures const figures{.backlog = {.waiting = 7, .dead = 2, .oldest = wall_time{10s}, .lost = 4},
                                         .delivered = 11,
                                         .postponed = 5,
                                         .given_up = 3};
    std::vector<prometheus::MetricFamily> families;
    append_webhook_metrics(families, figures, wall_time{70s});
    auto const text = prometheus::TextSerializer{}.Serialize(families);
    for (auto const* line :
         {"ringback_webhooks_waiting 7\n", "ringback_webhooks_dead 2\n", "ringback_webhooks_oldest_seconds 60\n",
          "ringback_webhooks_lost_total 4\n", "ringback_webhook_attempts_total{result=\"delivered\"} 11\n",
          "ringback_webhook_attempts_total{result=\"postponed\"} 5\n",
          "ringback_webhook_attempts_total{result=\"dead\"} 3\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

} // namespace ringback::gateway::testing
