// Whole calls over Socket.IO packets: what each phone is told, in order.
#include "stage.hpp"

#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view call_tess = R"({"telecallerId":"tess","callType":"AUDIO"})";

TEST(CallStory, InitiateRingsBothSidesWithThePayloadsOfTheSeed) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    s.forget_presence(uma);
    uma.ask("call:initiate", call_tess);
    s.settle();
    std::string incoming = tess.next("call:incoming");
    std::string id = text(incoming, "callId");
    EXPECT_TRUE(call_id::parse(id)) << incoming;
    std::string expires = R"("expiresAt":"2027-01-15T08:00:30.000Z")";
    EXPECT_EQ(incoming, R"({"callId":")" + id +
                            R"(","callType":"AUDIO","caller":{"_id":"uma","name":"Uma","profile":"avatar-1"},)" +
                            expires + "}");
    EXPECT_EQ(uma.next("call:ringing"),
              R"({"callId":")" + id + R"(","telecaller":{"_id":"tess","name":"Tess","profile":"avatar-3"}})");
    EXPECT_EQ(uma.acknowledgement(), R"({"ok":true,"callId":")" + id + "\"," + expires + "}");
    EXPECT_EQ(uma.rest() + tess.rest(), "");
}

TEST(CallStory, AnAcceptedCallIsTalkedEndedAndBilled) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    tess.ask("call:accept", stage::call(id));
    s.settle();
    EXPECT_EQ(tess.next("call:accepted"),
              R"({"callId":")" + id +
                  R"(","callType":"AUDIO","caller":{"_id":"uma","name":"Uma","profile":"avatar-1"},"livekit":null})");
    EXPECT_EQ(tess.acknowledgement(),
              R"({"ok":true,"callId":")" + id +
                  R"(","callType":"AUDIO","role":"callee","peer":{"_id":"uma","name":"Uma","profile":"avatar-1"},)" +
                  R"("livekit":null})");
    EXPECT_EQ(uma.next("call:accepted"), R"({"callId":")" + id + R"(","livekit":null})");
    EXPECT_EQ(uma.next("telecaller:presence-changed"),
              R"({"telecallerId":"tess","presence":"ON_CALL","telecaller":null})");

    s.wait(7'900ms);
    uma.ask("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(tess.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"hangup","durationInSeconds":7,"coinsEarned":7})");
    EXPECT_EQ(uma.acknowledgement(), R"({"ok":true,"callId":")" + id + R"(","durationInSeconds":7,"coinsSpent":14})");
    EXPECT_EQ(uma.next("telecaller:presence-changed"),
              R"({"telecallerId":"tess","presence":"ONLINE","telecaller":{"_id":"tess","name":"Tess",)"
              R"("profile":"avatar-3","language":"hindi","about":"Listens well."}})");
    EXPECT_EQ(uma.rest() + tess.rest(), "");

    auto closed = s.store.written<ports::call_closed>();
    ASSERT_EQ(closed.size(), 1u);
    EXPECT_EQ(closed[0].what.figures.coins_spent, 14);
    EXPECT_EQ(closed[0].event.by, "uma");
    EXPECT_EQ(closed[0].event.device.size(), 20u) << "the id of the socket";
    EXPECT_EQ(closed[0].event.node, "node-1");
}

TEST(CallStory, ARejectionTellsTheCallerAndTheOtherDevices) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller(), &tablet = s.telecaller();
    std::string id = s.ring(uma, tess);
    tess.ask("call:reject", stage::call(id));
    s.settle();
    EXPECT_EQ(uma.next("call:rejected"), R"({"callId":")" + id + R"(","reason":"rejected"})");
    EXPECT_EQ(text(tablet.next("call:incoming"), "callId"), id);
    EXPECT_EQ(tablet.next("call:cancelled"), R"({"callId":")" + id + R"(","reason":"rejected_elsewhere"})");
    EXPECT_EQ(tess.acknowledgement(), R"({"ok":true,"callId":")" + id + R"("})");
    EXPECT_EQ(uma.rest() + tess.rest() + tablet.rest(), "");
}

TEST(CallStory, ACancelStopsTheRinging) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    uma.emit("call:cancel", stage::call(id));
    s.settle();
    EXPECT_EQ(tess.next("call:cancelled"), R"({"callId":")" + id + R"(","reason":"cancelled"})");
    EXPECT_EQ(uma.rest() + tess.rest(), "");
}

TEST(CallStory, NobodyAnswersForThirtySeconds) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    s.wait(29'999ms);
    EXPECT_EQ(uma.rest() + tess.rest(), "");
    s.wait(2ms);
    std::string missed = R"({"callId":")" + id + R"(","reason":"timeout"})";
    EXPECT_EQ(uma.next("call:missed"), missed);
    EXPECT_EQ(tess.next("call:missed"), missed);
    EXPECT_EQ(uma.rest() + tess.rest(), "");
}

TEST(CallStory, TheFirstAcceptWinsAcrossShards) {
    stage s{stage::unlimited(), 3};
    phone &uma = s.user("uma", 0), &tess = s.telecaller("tess", 1), &tablet = s.telecaller("tess", 2);
    std::string id = s.ring(uma, tess);
    tablet.next("call:incoming");
    tess.emit("call:accept", stage::call(id));
    tablet.ask("call:accept", stage::call(id));
    s.settle();
    EXPECT_EQ(text(tess.next("call:accepted"), "callId"), id);
    EXPECT_EQ(tablet.next("call:cancelled"), R"({"callId":")" + id + R"(","reason":"answered_elsewhere"})");
    EXPECT_EQ(text(member(tablet.acknowledgement(), "error"), "code"), "CALL_NOT_RINGING");
    EXPECT_EQ(text(tablet.next("error"), "callId"), id);
    EXPECT_EQ(tess.rest() + tablet.rest(), "");
}

TEST(CallStory, AnAcceptOfACancelledCallIsRefusedAndClearsTheScreen) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    uma.emit("call:cancel", stage::call(id));
    tess.ask("call:accept", stage::call(id));
    s.settle();
    EXPECT_EQ(text(tess.next("call:cancelled"), "reason"), "cancelled");
    EXPECT_EQ(tess.acknowledgement(),
              R"({"ok":false,"error":{"code":"CALL_NOT_RINGING","message":"Call is no longer available."}})");
    EXPECT_EQ(tess.next("error"),
              R"({"message":"Call is no longer available.","code":"CALL_NOT_RINGING","callId":")" + id + R"("})");
    EXPECT_EQ(tess.next("call:cancelled"), R"({"callId":")" + id + R"(","reason":"cancelled"})");
    EXPECT_EQ(tess.rest(), "");
}

TEST(CallStory, ARefusedEndIsToldByErrorAndNeverByCallError) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    uma.ask("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(text(member(uma.acknowledgement(), "error"), "code"), "CALL_NOT_ACTIVE");
    EXPECT_EQ(uma.next("error"),
              R"({"message":"Call is not active.","code":"CALL_NOT_ACTIVE","callId":")" + id + R"("})");
    EXPECT_EQ(uma.rest(), "");
}

TEST(CallStory, ADeviceThatConnectsMeanwhileRingsUntilTheSameMoment) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    s.ring(uma, tess);
    s.wait(10s);
    phone& tablet = s.telecaller();
    EXPECT_EQ(text(tablet.next("call:incoming"), "expiresAt"), "2027-01-15T08:00:30.000Z");
}

TEST(CallStory, ACallerThatDropsIsToldOfTheEndWhenItComesBack) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    s.wait(5s);
    uma.close_transport(engineio::close_reason::ping_timeout, s.clock.at + (-2'000ms));
    s.settle();
    EXPECT_EQ(tess.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"caller_disconnected","durationInSeconds":3,"coinsEarned":3})")
        << "billed up to its last packet";
    phone& back = s.user();
    EXPECT_EQ(back.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"caller_disconnected","durationInSeconds":3,"coinsSpent":6})");
    EXPECT_EQ(s.user().rest(), "") << "once, on the first device";
}

TEST(CallStory, WhoSaidGoodbyeHearsNothingOfTheEnd) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    s.talk(uma, tess);
    uma.leave();
    s.settle();
    EXPECT_EQ(text(tess.next("call:ended"), "reason"), "caller_disconnected");
    EXPECT_EQ(s.user().rest(), "");
}

TEST(CallStory, WithinTheGraceTheCallGoesOnWithTheDeviceThatComesBack) {
    auto config = stage::unlimited();
    config.calls.reconnect_grace = 10s;
    stage s{config};
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    uma.drop();
    s.wait(9s);
    phone& back = s.user();
    s.wait(9s);
    EXPECT_EQ(tess.rest(), "");
    tess.emit("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(back.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"hangup","durationInSeconds":18,"coinsSpent":36})");
}

TEST(CallStory, NobodyHearsOfACallThatTheStoreDoesNotTake) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    s.forget_presence(uma);
    s.store.is_away = true;
    uma.ask("call:initiate", call_tess);
    s.settle();
    EXPECT_EQ(text(member(uma.acknowledgement(), "error"), "code"), "INTERNAL");
    EXPECT_EQ(text(uma.next("call:error"), "message"), "Something went wrong. Please try again.");
    EXPECT_EQ(uma.rest() + tess.rest(), "");
    s.store.is_away = false;
    EXPECT_NE(s.ring(uma, tess), "");
}

TEST(CallStory, AStoreThatIsSilentForASecondCountsAsFailed) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    s.forget_presence(uma);
    s.store.is_silent = true;
    uma.emit("call:initiate", call_tess);
    s.settle();
    EXPECT_EQ(uma.rest() + tess.rest(), "");
    s.wait(1'001ms);
    EXPECT_EQ(text(uma.next("call:error"), "code"), "INTERNAL");
    s.store.is_silent = false;
    s.settle();
    EXPECT_EQ(uma.rest() + tess.rest(), "");
}

TEST(CallStory, NothingIsLeftOfACallThatWasForgotten) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    EXPECT_EQ(s.server->counters().active_calls, 1u);
    uma.emit("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(s.server->counters().active_calls, 0u);
    EXPECT_EQ(s.server->counters().known_calls, 1u) << "it still answers requests";
    s.wait(61s);
    auto left = s.server->counters();
    EXPECT_EQ(left.known_calls + left.waiting_requests, 0u);
    EXPECT_EQ(s.links->armed_timers(), 0u);
}

// Such devices stay in the registry: they come back to another process, and nobody is to think that they are offline.
TEST(CallStory, AnEndWhoseDevicesTheEndingServerHasClosedIsKeptOnceAndNotTriedForEver) {
    stage s{stage::unlimited(), 2};
    phone &uma = s.user("uma", 1), &tess = s.telecaller(), &tablet = s.telecaller();
    std::string id = s.ring(uma, tess);
    s.server->drain();
    uma.emit("call:cancel", stage::call(id));
    for (phone* closed : {&tess, &tablet}) // before it has come to their shard
        closed->close_transport(engineio::close_reason::server_shutting_down, s.clock.at);
    s.settle();
    EXPECT_EQ(s.store.written<ports::keep_untold>().size() - s.store.written<ports::drop_untold>().size(), 1u);
    phone& back = s.telecaller();
    EXPECT_EQ(back.next("call:cancelled"), R"({"callId":")" + id + R"(","reason":"cancelled"})");
    EXPECT_EQ(back.rest(), "");
}

} // namespace
} // namespace ringback::gateway::testing
