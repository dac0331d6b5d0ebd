#include "auth/jwt_signer.hpp"
#include "base/base64.hpp"
#include "media/livekit/webhook_reader.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

using namespace ringback;
using namespace ringback::media;
using namespace std::chrono_literals;
using kind = ports::media_notice::kind;

namespace {

secret const key{"secret"};
wall_time const now{1'790'000'000s};
std::string const the_call = "507f1f77bcf86cd799439081";

std::string event(std::string_view name, std::string_view id, std::string_view participant = "{}",
                  std::string_view room = the_call) {
    return R"({"event":")" + std::string{name} + R"(","id":")" + std::string{id} + R"(","room":{"name":")" +
           std::string{room} + R"("},"participant":)" + std::string{participant} + "}";
}

struct livekit {
    explicit livekit(std::size_t remembered = 100)
        : reader{auth::livekit_webhook_verifier::create("APIkey", key).value(), remembered} {}

    auto sends(std::string const& body, wall_time at = now) {
        unsigned char digest[SHA256_DIGEST_LENGTH];
        SHA256(reinterpret_cast<unsigned char const*>(body.data()), body.size(), digest);
        auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
        std::string token = auth::jwt_signer::create(key)->sign(
            R"({"iss":"APIkey","nbf":)" + std::to_string(seconds) + R"(,"exp":)" + std::to_string(seconds + 300) +
            R"(,"sha256":")" + base64_encode({reinterpret_cast<char const*>(digest), sizeof digest}) + "\"}");
        return reader.read(token, body, at);
    }

    webhook_reader reader;
};

} // namespace

TEST(WebhookReader, ReadsWhatACallWantsToHearOf) {
    livekit from;
    auto joined = from.sends(event("participant_joined", "EV_1",
                                   R"({"sid":"PA_1","identity":"ann","state":"ACTIVE","joinedAt":"1790000000"})"))
                      .value()
                      .value();
    EXPECT_EQ(joined.what, kind::joined);
    EXPECT_EQ(joined.call.text(), the_call);
    EXPECT_EQ(joined.who.identity + joined.who.connection, "annPA_1");
    EXPECT_EQ(joined.who.joined_at, now);
    auto what = [&](std::string_view name, std::string_view id, std::string_view participant = "{}") {
        return from.sends(event(name, id, participant)).value().value().what;
    };
    EXPECT_EQ(what("room_started", "EV_2"), kind::room_started);
    EXPECT_EQ(what("room_finished", "EV_3"), kind::room_finished);
    EXPECT_EQ(what("participant_left", "EV_4", R"({"disconnectReason":"CLIENT_INITIATED"})"), kind::left);
    EXPECT_EQ(what("participant_left", "EV_5", R"({"disconnectReason":"DUPLICATE_IDENTITY"})"), kind::left);
    EXPECT_EQ(what("participant_left", "EV_6", R"({"disconnectReason":"PARTICIPANT_REMOVED"})"), kind::removed);
    EXPECT_EQ(what("participant_connection_aborted", "EV_7"), kind::left);
}

TEST(WebhookReader, PassesOverWhatConcernsNoCall) {
    livekit from;
    EXPECT_EQ(from.sends(event("track_published", "EV_1")).value(), std::nullopt);
    EXPECT_EQ(from.sends(event("room_finished", "EV_2", "{}", "lobby")).value(), std::nullopt);
    EXPECT_EQ(from.sends(R"({"event":"room_finished","id":"EV_3","room":7})").value(), std::nullopt);
}

TEST(WebhookReader, ReadsAnEventOnce) {
    livekit from;
    EXPECT_TRUE(from.sends(event("room_started", "EV_1")).value());
    EXPECT_EQ(from.sends(event("room_started", "EV_1")).value(), std::nullopt);
    EXPECT_EQ(from.sends(event("room_started", "EV_1"), now + 200s).value(), std::nullopt) << "signed anew";
    EXPECT_TRUE(from.sends(event("room_started", "EV_2")).value());
}

TEST(WebhookReader, RemembersAsManyEventsAsItMay) {
    livekit from{2};
    for (char const* id : {"EV_1", "EV_2", "EV_3"})
        EXPECT_TRUE(from.sends(event("room_started", id)).value());
    EXPECT_TRUE(from.sends(event("room_started", "EV_1")).value());
}

TEST(WebhookReader, RefusesWhatIsNotGenuineOrNoEvent) {
    livekit from;
    EXPECT_EQ(from.reader.read("", "{}", now).error(), ports::webhook_errc::not_genuine);
    EXPECT_EQ(from.sends("[]").error(), ports::webhook_errc::malformed);
    EXPECT_EQ(from.sends(R"({"event":"room_started"})").error(), ports::webhook_errc::malformed);
}
