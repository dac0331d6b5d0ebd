#include "auth/jws_message.hpp"
#include "media/livekit/room_service.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::media;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

call_id const room = call_id::parse("507f1f77bcf86cd799439081").value();

} // namespace

TEST(RoomService, SignsForOneRoomAndAShortTime) {
    secret const key{"secret"};
    room_service_signer signer{auth::jwt_signer::create(key).value(), "API\"key", 60s};
    auto token = signer.sign(room, wall_time{1'790'000'000'999ms});
    auto message = auth::jws_message::parse(token.reveal()).value();
    EXPECT_TRUE(message.verified_by(auth::jws_key::from_secret(key).value()));
    auto payload = message.payload();
    EXPECT_EQ(json::parse({payload.data(), payload.size()}), json::parse(R"({
        "iss": "API\"key", "nbf": 1790000000, "exp": 1790000060,
        "video": {"roomCreate": true, "roomAdmin": true, "room": "507f1f77bcf86cd799439081"}})"));
}

TEST(RoomService, SignsForTheListOfRoomsAlone) {
    secret const key{"secret"};
    room_service_signer signer{auth::jwt_signer::create(key).value(), "APIkey", 60s};
    auto message = auth::jws_message::parse(signer.sign_for_list(wall_time{1'790'000'000s}).reveal()).value();
    auto payload = message.payload();
    EXPECT_EQ(json::parse({payload.data(), payload.size()}).at("video"), json::parse(R"({"roomList": true})"));
}

TEST(RoomService, ReadsThoseWhoseMediaFlows) {
    auto found = read_participants(R"({"participants":[
        {"sid":"PA_1","identity":"ann","state":"ACTIVE","joinedAt":"1790000000","joinedAtMs":"1790000000123"},
        {"sid":"PA_2","identity":"bob","state":"JOINED","joinedAt":"1790000001"},
        {"sid":"PA_3","identity":"cat"}, 7,
        {"sid":"PA_4","identity":"dan","state":"ACTIVE","joinedAt":"1790000001"},
        {"state":"ACTIVE","joinedAt":"99999999999999999999","joinedAtMs":-5}]})")
                     .value();
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].identity + found[0].connection, "annPA_1");
    EXPECT_EQ(found[0].joined_at, wall_time{1'790'000'000'123ms});
    EXPECT_EQ(found[1].identity, "dan");
    EXPECT_EQ(found[1].joined_at, wall_time{1'790'000'001s});
    EXPECT_EQ(found[2].identity, "");
    EXPECT_TRUE(read_participants("{}")->empty());
    for (std::string_view body : {"", "[]", "null", "<html>"})
        EXPECT_FALSE(read_participants(body)) << body;
}

TEST(RoomService, ReadsTheRoomsThatAreNamedLikeCalls) {
    EXPECT_EQ(read_rooms(R"({"rooms":[{"name":"507f1f77bcf86cd799439081","sid":"RM_1"},{"name":"lobby"},{},3]})"),
              std::vector{room});
    EXPECT_TRUE(read_rooms("{}")->empty());
    EXPECT_FALSE(read_rooms("no"));
}

TEST(RoomService, NamesTheRoomInTheBody) { EXPECT_EQ(room_body(room), R"({"room":"507f1f77bcf86cd799439081"})"); }

TEST(RoomService, JudgesTheAnswersOfADeletion) {
    struct row {
        unsigned status;
        std::string_view body;
        room_verdict expected;
    };
    using enum room_verdict;
    for (auto const& [status, body, expected] : {
             row{200, "{}", done},
             row{404, R"({"code":"not_found","msg":"requested room does not exist"})", no_such_room},
             row{404, "", no_such_room},
             row{404, R"({"code":"bad_route","msg":"no handler"})", refused},
             row{301, "", refused},
             row{400, R"({"code":"malformed"})", refused},
             row{401, R"({"code":"unauthenticated"})", refused},
             row{403, "", refused},
             row{408, R"({"code":"deadline_exceeded"})", failed},
             row{429, "", unavailable},
             row{500, R"({"code":"internal"})", failed},
             row{502, "<html>", unavailable},
             row{503, R"({"code":"unavailable"})", unavailable},
             row{504, "", unavailable},
         })
        EXPECT_EQ(judge_answer(status, body), expected) << status << body;
}

TEST(RoomService, ReadsTheErrorCodeAndNothingThatCouldForgeALogLine) {
    EXPECT_EQ(twirp_code(R"({"code":"unauthenticated","msg":"invalid token"})"), "unauthenticated");
    for (auto body : {"", "{}", "[]", "{\"code\":1}", "{\"code\":\"a\\nb\"}", "not json", "{\"code\":\"",
                      R"({"code":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"})
        EXPECT_EQ(twirp_code(body), "") << body;
}
