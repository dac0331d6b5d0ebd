// What the media server says, on its way from the webhook to the call.
#include "rest_client.hpp"
#include "scripted_media.hpp"
#include "stage.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace ringback;
using namespace ringback::gateway;
using namespace ringback::gateway::testing;
using namespace std::chrono_literals;
using kind = ports::media_notice::kind;

namespace {

gateway_config watched(std::chrono::milliseconds join_timeout = 0ms) {
    auto config = stage::unlimited();
    config.calls.media = call::media_config{.join_timeout = join_timeout, .away_grace = 30s};
    return config;
}

struct GatewayMedia : ::testing::Test {
    scripted_media media;
    stage s{watched(), 2, &media};
    rest_client rest{s};

    std::string hears(kind what, std::string_view call, std::string identity = "", std::string connection = "first") {
        media.webhooks.push_back(ports::media_notice{
            what, *call_id::parse(call), {std::move(identity), std::move(connection), s.clock.at.wall}});
        return std::to_string(rest.ask("POST", "/api/v1/livekit/webhook", "{}", "Authorization: genuine\r\n").status);
    }
    void room_has(std::vector<std::string> const& identities) {
        std::vector<ports::media_participant> there;
        for (auto const& each : identities)
            there.push_back({each, "first", s.clock.at.wall});
        media.answer_all(there);
        s.settle();
    }
};

} // namespace

TEST_F(GatewayMedia, APartyThatLeftForGoodEndsTheCall) {
    phone &uma = s.user("uma", 0), &tess = s.telecaller("tess", 1);
    std::string id = s.talk(uma, tess);
    s.wait(5s);
    EXPECT_EQ(hears(kind::left, id, "tess"), "200");
    ASSERT_EQ(media.questions.size(), 1u);
    EXPECT_EQ(media.questions[0].first.text(), id);
    room_has({"uma"});
    s.wait(30s);
    room_has({"uma"});
    EXPECT_EQ(uma.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"room_finished","durationInSeconds":5,"coinsSpent":10})");
    EXPECT_EQ(text(tess.next("call:ended"), "reason"), "room_finished");
    EXPECT_EQ(media.deleted, std::vector{*call_id::parse(id)});
}

TEST_F(GatewayMedia, WhoIsNoPartyIsNoPartyInTheRoomEither) {
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    hears(kind::left, id, "recorder");
    hears(kind::left, id, "not an account id \n");
    EXPECT_EQ(media.questions.size(), 0u);
    hears(kind::room_finished, id);
    room_has({"recorder", "uma"});
    EXPECT_EQ(uma.rest() + tess.rest(), "");
    hears(kind::room_finished, id);
    room_has({"recorder"});
    EXPECT_EQ(text(uma.next("call:ended"), "reason"), "room_finished");
}

TEST_F(GatewayMedia, WhenTheMediaBeganIsWritten) {
    phone &uma = s.user("uma", 0), &tess = s.telecaller("tess", 1);
    std::string id = s.talk(uma, tess);
    s.wait(1s);
    hears(kind::joined, id, "uma");
    s.wait(1s);
    EXPECT_TRUE(s.store.written<ports::media_began>().empty());
    hears(kind::joined, id, "tess");
    auto began = s.store.written<ports::media_began>();
    ASSERT_EQ(began.size(), 1u);
    EXPECT_EQ(began[0].at, s.clock.at.wall);
    EXPECT_EQ(began[0].event.type, "MEDIA_STARTED");
    EXPECT_TRUE(s.store.written<ports::call_answered>().at(0).has_room);
}

TEST_F(GatewayMedia, AMediaServerThatDoesNotAnswerHoldsNothingUp) {
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    hears(kind::left, id, "tess");
    uma.emit("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(text(tess.next("call:ended"), "reason"), "hangup");
    media.answer_all(std::nullopt);
    s.settle();
    stage::forget_presence(uma);
    EXPECT_EQ(uma.rest() + tess.rest(), "");
}

TEST_F(GatewayMedia, TheRoomOfACallThatIsOverIsDeletedWhenSomebodyComesBack) {
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    hears(kind::room_started, id);
    EXPECT_TRUE(media.deleted.empty());
    uma.emit("call:end", stage::call(id));
    s.settle();
    hears(kind::left, id, "uma");
    hears(kind::room_finished, id);
    EXPECT_EQ(media.deleted.size(), 1u);
    hears(kind::room_started, id);
    hears(kind::joined, id, "tess");
    EXPECT_EQ(media.deleted.size(), 3u);
}

TEST_F(GatewayMedia, TheStoreRemembersCallsThatAreOverForLonger) {
    auto remember = [&](std::string_view hex, call::call_status status) {
        ports::stored_call c;
        c.facts.id = *call_id::parse(hex);
        c.status = status;
        s.store.calls[c.facts.id] = c;
    };
    std::string const over = "507f1f77bcf86cd799439081", live = "507f1f77bcf86cd799439082";
    remember(over, call::call_status::completed);
    remember(live, call::call_status::accepted);
    hears(kind::joined, over, "uma");
    hears(kind::joined, live, "uma");
    hears(kind::joined, "507f1f77bcf86cd799439083", "uma");
    hears(kind::left, over, "uma");
    EXPECT_EQ(media.deleted, std::vector{*call_id::parse(over)});
}

TEST_F(GatewayMedia, AWebhookMustBeGenuineAndAnEvent) {
    auto post = [&](std::string body, std::string headers) {
        auto reply = rest.ask("POST", "/api/v1/livekit/webhook", std::move(body), std::move(headers));
        return std::to_string(reply.status) + " " + text(reply.body, "code");
    };
    EXPECT_EQ(post("{}", ""), "401 UNAUTHORIZED");
    EXPECT_EQ(post("{}", "Authorization: Bearer forged\r\n"), "401 UNAUTHORIZED");
    EXPECT_EQ(post("", "Authorization: genuine\r\n"), "400 INVALID_REQUEST");
    EXPECT_EQ(post("{}", "Authorization: genuine\r\n"), "200 ");
}

TEST(GatewayWithoutMedia, HasNoWebhook) {
    stage s;
    EXPECT_EQ(rest_client{s}.ask("POST", "/api/v1/livekit/webhook", "{}").status, 404u);
}

TEST(GatewayWithMedia, EndsACallWhosePartiesDoNotReachTheMediaForNothing) {
    scripted_media media;
    stage s{watched(10s), 1, &media};
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    s.wait(10s);
    media.answer_all(std::vector<ports::media_participant>{});
    s.settle();
    EXPECT_EQ(uma.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"setup_failed","durationInSeconds":10,"coinsSpent":0})");
    EXPECT_EQ(tess.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"setup_failed","durationInSeconds":10,"coinsEarned":0})");
}
