#include "auth/jws_message.hpp"
#include "auth/livekit_token.hpp"
#include "base/base64.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::auth;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

secret const api_secret{"secret"}; // as short as LiveKit's own development secret
account_id const ann = account_id::parse("507f1f77bcf86cd799439031").value();
call_id const room = call_id::parse("507f1f77bcf86cd799439081").value();
wall_time const now{1'790'000'000'999ms};

std::string sign(livekit_grant const& grant, std::chrono::seconds ttl = 600s) {
    return livekit_token_signer::create({.api_key = "APIkey", .api_secret = api_secret, .token_ttl = ttl})
        ->sign(grant, now);
}

json::value payload_of(std::string_view token) {
    auto message = jws_message::parse(token).value();
    EXPECT_TRUE(message.verified_by(jws_key::from_secret(api_secret).value()));
    auto text = message.payload();
    return json::parse({text.data(), text.size()});
}

} // namespace

TEST(LivekitToken, OfAVideoCallHasExactlyTheseClaims) {
    auto token = sign({.account = ann, .name = "Ann \"A\"", .room = room, .sources = livekit_sources::all});
    EXPECT_EQ(payload_of(token), json::parse(R"({
        "iss": "APIkey", "sub": "507f1f77bcf86cd799439031", "name": "Ann \"A\"", "nbf": 1790000000, "exp": 1790000600,
        "video": {"roomJoin": true, "room": "507f1f77bcf86cd799439081", "canPublish": true, "canSubscribe": true,
                  "canPublishData": true},
        "roomConfig": {"maxParticipants": 2, "emptyTimeout": 60, "departureTimeout": 30}})"));
}

TEST(LivekitToken, OfAnAudioCallLetsOnlyTheMicrophonePublish) {
    auto payload =
        payload_of(sign({.account = ann, .name = "Ann", .room = room, .sources = livekit_sources::microphone}));
    EXPECT_EQ(payload.at("video"), json::parse(R"({
        "roomJoin": true, "room": "507f1f77bcf86cd799439081", "canPublish": true, "canSubscribe": true,
        "canPublishData": true, "canPublishSources": ["microphone"]})"));
}

TEST(LivekitToken, OmitsTheNameOfANamelessAccount) {
    auto payload = payload_of(sign({.account = ann, .name = "", .room = room})).as_object();
    EXPECT_FALSE(payload.contains("name"));
    EXPECT_EQ(payload.size(), 6u); // iss, sub, nbf, exp, video, roomConfig
}

TEST(LivekitToken, ExpiresAfterItsTimeToLive) {
    auto payload = payload_of(sign({.account = ann, .name = "", .room = room}, 90s));
    EXPECT_EQ(payload.at("nbf"), 1'790'000'000);
    EXPECT_EQ(payload.at("exp"), 1'790'000'090);
}

TEST(LivekitToken, EscapesIdsThatNeedItInJson) {
    account_id odd = account_id::parse(R"(a"b\c)").value();
    EXPECT_EQ(payload_of(sign({.account = odd, .name = "", .room = room})).at("sub"), R"(a"b\c)");
}

TEST(LivekitToken, CarriesTheOptionsOfItsRoom) {
    livekit_key key{.api_key = "APIkey", .api_secret = api_secret};
    key.room = {.max_participants = 3, .empty_timeout = 90s, .departure_timeout = 5s};
    auto token = livekit_token_signer::create(key)->sign({.account = ann, .name = "", .room = room}, now);
    EXPECT_EQ(payload_of(token).at("roomConfig"),
              json::parse(R"({"maxParticipants": 3, "emptyTimeout": 90, "departureTimeout": 5})"));
}

TEST(LivekitToken, NeedsASecret) {
    EXPECT_EQ(livekit_token_signer::create({.api_key = "k", .api_secret = {}}).error(), errc::secret_too_short);
}
