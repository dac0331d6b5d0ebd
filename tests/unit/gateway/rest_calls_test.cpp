// The routes of calls and telecallers: who sees what, and in which shape.
#include "gateway/rest_payloads.hpp"
#include "rest_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

ports::stored_call sample() {
    ports::stored_call c;
    c.facts.id = *call_id::parse("0123456789abcdef01234567");
    c.facts.caller = {{*account_id::parse("uma"), "Uma", "avatar-1"}, call::realm::user};
    c.facts.callee = {{*account_id::parse("tess"), std::nullopt, std::nullopt}, call::realm::telecaller};
    c.facts.created_at = wall_time{1'800'000'000'123ms};
    c.status = call::call_status::completed;
    c.reason = call::end_reason::hangup;
    c.accepted_at = c.facts.created_at + 5s;
    c.media_started_at = wall_time{1'800'000'006s};
    c.ended_at = c.facts.created_at + 65s;
    c.figures = {60, 120, 60};
    c.coins_unpaid = 20;
    return c;
}

struct RestCalls : ::testing::Test {
    stage s{stage::unlimited(), 2};
    rest_client rest{s};
};

TEST(RestPayloads, ACallerSeesWhatItSpent) {
    EXPECT_EQ(render_call(sample(), call::side::caller),
              R"({"callId":"0123456789abcdef01234567","callType":"AUDIO","status":"COMPLETED","endReason":"hangup",)"
              R"("role":"caller","peer":{"_id":"tess","name":"Unknown","profile":null},)"
              R"("createdAt":"2027-01-15T08:00:00.123Z","acceptedAt":"2027-01-15T08:00:05.123Z",)"
              R"("mediaStartedAt":"2027-01-15T08:00:06.000Z",)"
              R"("endedAt":"2027-01-15T08:01:05.123Z","durationInSeconds":60,"coinsSpent":120,"coinsUnpaid":20})");
}

TEST(RestPayloads, ACalleeSeesWhatItEarned) {
    auto seen = render_call(sample(), call::side::callee);
    EXPECT_EQ(text(member(seen, "peer"), "name"), "Uma");
    EXPECT_EQ(text(seen, "role"), "callee");
    EXPECT_EQ(member(seen, "coinsEarned"), "60");
    EXPECT_THAT(seen, Not(HasSubstr("coinsSpent")));
    EXPECT_THAT(seen, Not(HasSubstr("coinsUnpaid")));
}

TEST(RestPayloads, AnAdminSeesBothSides) {
    auto seen = render_call(sample(), std::nullopt);
    EXPECT_EQ(text(member(seen, "caller"), "_id"), "uma");
    EXPECT_EQ(text(member(seen, "callee"), "_id"), "tess");
    EXPECT_EQ(member(seen, "coinsSpent"), "120");
    EXPECT_EQ(member(seen, "coinsEarned"), "60");
    EXPECT_THAT(seen, Not(HasSubstr("role")));
}

TEST(RestPayloads, WhatHasNotHappenedIsNull) {
    auto c = sample();
    c.status = call::call_status::ringing;
    c.reason.reset();
    c.accepted_at.reset();
    c.media_started_at.reset();
    c.ended_at.reset();
    auto seen = render_call(c, call::side::caller);
    for (char const* key : {"endReason", "acceptedAt", "mediaStartedAt", "endedAt"})
        EXPECT_EQ(member(seen, key), "null") << key;
}

TEST(RestPayloads, AListEndsWithNull) {
    EXPECT_EQ(render_list({}, ""), R"({"items":[],"nextCursor":null})");
    EXPECT_EQ(render_list({"1", "2"}, "abc"), R"({"items":[1,2],"nextCursor":"abc"})");
}

TEST_F(RestCalls, ACallIsSeenByItsPartiesAndAdminsOnly) {
    s.store.calls[sample().facts.id] = sample();
    std::string path = "/api/v1/calls/" + sample().facts.id.text();
    auto as = [&](char const* id, auth::account_role role) {
        return rest.ask("GET", path, "", rest_client::bearer(id, role));
    };
    EXPECT_EQ(text(as("uma", auth::account_role::user).body, "role"), "caller");
    EXPECT_EQ(text(as("tess", auth::account_role::telecaller).body, "role"), "callee");
    EXPECT_EQ(text(member(as("root", auth::account_role::admin).body, "caller"), "_id"), "uma");
    auto refused = as("mallory", auth::account_role::user);
    EXPECT_EQ(refused.status, 404u);
    EXPECT_EQ(text(refused.body, "code"), "CALL_NOT_FOUND");
    EXPECT_EQ(rest.as_user("GET", "/api/v1/calls/nonsense").status, 404u);
}

TEST_F(RestCalls, AHistoryIsOnesOwn) {
    s.store.calls[sample().facts.id] = sample();
    EXPECT_THAT(rest.as_user("GET", "/api/v1/calls").body, HasSubstr("0123456789abcdef01234567"));
    EXPECT_EQ(
        rest.ask("GET", "/api/v1/calls?account=uma", "", rest_client::bearer("mallory", auth::account_role::user)).body,
        R"({"items":[],"nextCursor":null})");
    EXPECT_THAT(rest.as_admin("GET", "/api/v1/calls?account=uma").body, HasSubstr("0123456789abcdef01234567"));
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/calls?status=RINGING").body, R"({"items":[],"nextCursor":null})");
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/calls?status=LATE").status, 400u);
}

TEST_F(RestCalls, TheEventsOfACallComeNewestFirstInPages) {
    s.store.calls[sample().facts.id] = sample();
    for (char const* type : {"RINGING", "ACCEPTED", "COMPLETED"})
        s.store.timelines[sample().facts.id].push_back({{}, type, "", "", "node-1", ""});
    std::string path = "/api/v1/calls/" + sample().facts.id.text() + "/events?limit=2";
    auto page = rest.as_admin("GET", path).body;
    EXPECT_LT(page.find("COMPLETED"), page.find("ACCEPTED"));
    EXPECT_THAT(page, Not(HasSubstr("RINGING")));
    page = rest.as_admin("GET", path + "&cursor=" + text(page, "nextCursor")).body;
    EXPECT_THAT(page, HasSubstr("RINGING"));
    EXPECT_EQ(member(page, "nextCursor"), "null");
    EXPECT_EQ(rest.as_admin("GET", path + "&cursor=9").status, 400u);
    EXPECT_EQ(rest.as_admin("GET", path + "&cursor=x").status, 400u);
}

TEST_F(RestCalls, AnAdminEndsACallFromAnyShard) {
    phone& user = s.user("uma", 1);
    phone& telecaller = s.telecaller("tess", 0);
    stage::forget_presence(user);
    std::string id = s.talk(user, telecaller);
    s.store.calls[*call_id::parse(id)] = sample();
    EXPECT_EQ(rest.as_admin("POST", "/api/v1/calls/" + id + "/end").status, 200u);
    stage::forget_presence(user);
    EXPECT_EQ(text(user.next("call:ended"), "reason"), "admin");
    EXPECT_EQ(text(telecaller.next("call:ended"), "reason"), "admin");
    EXPECT_EQ(rest.as_admin("POST", "/api/v1/calls/" + id + "/end").status, 200u) << "over, and stays so";
    EXPECT_EQ(rest.as_admin("POST", "/api/v1/calls/ffffffffffffffffffffffff/end").status, 404u);
}

struct RestCallsWithALateEnd : RestCalls {
    void SetUp() override {
        phone& user = s.user("uma", 1);
        phone& telecaller = s.telecaller("tess", 0);
        stage::forget_presence(user);
        std::string const id = s.talk(user, telecaller);
        stored(id).status = call::call_status::accepted;
        answer = rest.begin("POST", "/api/v1/calls/" + id + "/end", "", rest_client::admin());
    }
    ports::stored_call& stored(std::string const& id) {
        return s.store.calls.try_emplace(*call_id::parse(id), sample()).first->second;
    }
    std::shared_ptr<net::http_reply const> answer;
};

TEST_F(RestCallsWithALateEnd, TheAnswerWaitsUntilTheEndIsWritten) {
    s.wait(500ms);
    EXPECT_EQ(answer->status, 0u);
    s.store.calls.begin()->second.status = call::call_status::completed;
    s.wait(50ms);
    EXPECT_EQ(answer->status, 200u);
    EXPECT_EQ(text(answer->body, "status"), "COMPLETED");
}

TEST_F(RestCallsWithALateEnd, TheAnswerDoesNotWaitForEver) {
    for (int i = 0; i < 100; ++i)
        s.wait(50ms);
    EXPECT_EQ(answer->status, 503u);
}

TEST_F(RestCalls, TelecallersAreListedWithPresenceAndRates) {
    s.user("uma", 1);
    s.telecaller("tess", 0);
    rest.as_admin("PUT", "/api/v1/accounts/away", R"({"role":"TELECALLER","language":"hindi"})");
    rest.as_admin("PUT", "/api/v1/accounts/new", R"({"role":"TELECALLER","approvalStatus":"PENDING"})");
    auto all = rest.as_user("GET", "/api/v1/telecallers").body;
    EXPECT_THAT(all, HasSubstr(R"({"_id":"tess","name":"Tess","profile":"avatar-3","language":"hindi",)"
                               R"("about":"Listens well.","presence":"ONLINE","rates":{"audio":2,"video":3}})"));
    EXPECT_THAT(all, HasSubstr(R"("_id":"away")"));
    EXPECT_THAT(all, Not(HasSubstr(R"("_id":"new")")));
    auto online = rest.as_user("GET", "/api/v1/telecallers?presence=ONLINE&language=hindi").body;
    EXPECT_THAT(online, HasSubstr("tess"));
    EXPECT_THAT(online, Not(HasSubstr("away")));
    auto offline = rest.as_user("GET", "/api/v1/telecallers?presence=OFFLINE").body;
    EXPECT_THAT(offline, HasSubstr("away"));
    EXPECT_THAT(offline, Not(HasSubstr("tess")));
    EXPECT_THAT(rest.as_user("GET", "/api/v1/telecallers?presence=ONLINE&language=tamil").body, Not(HasSubstr("tess")));
    EXPECT_EQ(rest.as_user("GET", "/api/v1/telecallers?presence=BUSY").status, 400u);
}

TEST_F(RestCalls, PagesOfWhoIsOnlineShowEveryoneOnce) {
    for (char const* id : {"t1", "t2", "t3"})
        s.telecaller(id, 0);
    auto page = rest.as_user("GET", "/api/v1/telecallers?presence=ONLINE&limit=2").body;
    EXPECT_THAT(page, HasSubstr("t3"));
    EXPECT_THAT(page, HasSubstr("t2"));
    EXPECT_THAT(page, Not(HasSubstr("t1")));
    page = rest.as_user("GET", "/api/v1/telecallers?presence=ONLINE&limit=2&cursor=" + text(page, "nextCursor")).body;
    EXPECT_THAT(page, HasSubstr("t1"));
    EXPECT_THAT(page, Not(HasSubstr("t2")));
    EXPECT_EQ(member(page, "nextCursor"), "null");
    EXPECT_EQ(rest.as_user("GET", "/api/v1/telecallers?presence=ONLINE&cursor=x").status, 400u);
}

TEST_F(RestCalls, StatsCountWhatIsGoingOn) {
    phone& user = s.user("uma", 1);
    phone& telecaller = s.telecaller("tess", 0);
    stage::forget_presence(user);
    s.talk(user, telecaller);
    auto stats = rest.as_admin("GET", "/api/v1/stats").body;
    EXPECT_EQ(member(stats, "onlineUsers"), "1");
    EXPECT_EQ(member(stats, "onlineTelecallers"), "1");
    EXPECT_EQ(member(stats, "activeCalls"), "1");
}

} // namespace
} // namespace ringback::gateway::testing
