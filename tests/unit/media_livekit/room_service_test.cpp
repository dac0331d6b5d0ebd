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

TEST(RoomService, NamesTheRoomInTheBody) {
    EXPECT_EQ(delete_room_body(room), R"({"room":"507f1f77bcf86cd799439081"})");
}

TEST(RoomService, JudgesTheAnswersOfADeletion) {
    struct row {
        unsigned status;
        std::string_view body;
        room_verdict expected;
    };
    using enum room_verdict;
    for (auto const& [status, body, expected] : {
             row{200, "{}", deleted},
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
        EXPECT_EQ(judge_deletion(status, body), expected) << status << body;
}

TEST(RoomService, ReadsTheErrorCodeAndNothingThatCouldForgeALogLine) {
    EXPECT_EQ(twirp_code(R"({"code":"unauthenticated","msg":"invalid token"})"), "unauthenticated");
    for (auto body : {"", "{}", "[]", "{\"code\":1}", "{\"code\":\"a\\nb\"}", "not json", "{\"code\":\"",
                      R"({"code":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"})
        EXPECT_EQ(twirp_code(body), "") << body;
}
