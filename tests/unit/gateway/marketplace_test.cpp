// The events of the two namespaces, one by one: refusals, limits, presence, media credentials.
#include "scripted_media.hpp"
#include "stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;
using auth::account_role;

constexpr std::string_view call_tess = R"({"telecallerId":"tess","callType":"AUDIO"})";

std::string code_of(std::string const& answer) { return text(member(answer, "error"), "code"); }

struct Marketplace : ::testing::Test {
    /// The code and the message of the refusal, which must come by the acknowledgement and by `event` alike.
    std::string refusal(stage& s, phone& p, std::string_view request, std::string_view args, std::string_view event) {
        stage::forget_presence(p);
        p.ask(request, args);
        s.settle();
        std::string error = member(p.acknowledgement(), "error"), told = p.next(event);
        EXPECT_EQ(text(error, "code"), text(told, "code"));
        EXPECT_EQ(text(error, "message"), text(told, "message"));
        EXPECT_EQ(p.rest(), "");
        return text(told, "code") + ": " + text(told, "message");
    }
};

TEST_F(Marketplace, RefusesAnInitiateInTheOrderOfTheContract) {
    stage s;
    phone& uma = s.user();
    auto refused = [&](std::string_view args) { return refusal(s, uma, "call:initiate", args, "call:error"); };
    EXPECT_EQ(refused("{}"), "INVALID_REQUEST: Invalid call request");
    EXPECT_EQ(refused(R"({"telecallerId":"tess","callType":"FAX"})"), "INVALID_CALL_TYPE: Invalid call type");
    EXPECT_EQ(refused(call_tess), "CALLEE_NOT_FOUND: This person is no longer available for calls.");
    EXPECT_EQ(refused(R"({"telecallerId":"not an id","callType":"AUDIO"})"),
              "CALLEE_NOT_FOUND: This person is no longer available for calls.");
    EXPECT_EQ(refused(R"({"telecallerId":"ula","callType":"AUDIO"})"),
              "CALLEE_NOT_FOUND: This person is no longer available for calls.");
    s.telecaller().leave();
    s.settle();
    EXPECT_EQ(refused(call_tess), "CALLEE_OFFLINE: Tess is currently offline. Please try again later.");

    phone &tess = s.telecaller(), &ula = s.user("ula");
    s.ring(ula, tess);
    EXPECT_EQ(refused(call_tess), "CALLEE_BUSY: Tess is busy on another call. Please try again later.");
    phone& tara = s.telecaller("tara");
    s.ring(uma, tara, "tara");
    s.telecaller("tina");
    EXPECT_EQ(refused(R"({"telecallerId":"tina","callType":"AUDIO"})"),
              "ALREADY_IN_CALL: You already have an active call.");
}

TEST_F(Marketplace, AnUnnamedCalleeIsThisPerson) {
    stage s;
    phone& uma = s.user();
    stage::greeted(s.connect("/telecaller", stage::claims_of("tess", account_role::telecaller))).leave();
    s.settle();
    EXPECT_EQ(refusal(s, uma, "call:initiate", call_tess, "call:error"),
              "CALLEE_OFFLINE: This person is currently offline. Please try again later.");
}

TEST_F(Marketplace, ACalleeWithinItsGraceIsUnavailable) {
    auto config = stage::unlimited();
    config.calls.reconnect_grace = 10s;
    stage s{config};
    phone& uma = s.user();
    s.telecaller().drop();
    s.settle();
    EXPECT_EQ(refusal(s, uma, "call:initiate", call_tess, "call:error"),
              "CALLEE_UNAVAILABLE: Tess is currently unavailable. Please try again later.");
    s.wait(10'001ms);
    EXPECT_EQ(uma.next("telecaller:presence-changed"),
              R"({"telecallerId":"tess","presence":"OFFLINE","telecaller":null})");
    EXPECT_EQ(refusal(s, uma, "call:initiate", call_tess, "call:error"),
              "CALLEE_OFFLINE: Tess is currently offline. Please try again later.");
}

TEST_F(Marketplace, AnAccountThatIsNoLongerAvailableMayNotCallOrAccept) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    for (auto& [key, account] : s.store.accounts)
        account.status = call::account_status::suspended;
    // Newer tokens make the directory look again.
    for (auto [name, role] : {std::pair{"uma", account_role::user}, {"tess", account_role::telecaller}}) {
        auto who = stage::claims_of(name, role);
        who.issued_at = s.clock.at.wall;
        s.connect(role == account_role::user ? "/user" : "/telecaller", who);
    }
    EXPECT_EQ(refusal(s, tess, "call:accept", stage::call(id), "error"),
              "ACCOUNT_UNAVAILABLE: Your account is not available. Please contact support.");
    tess.ask("call:reject", stage::call(id));
    s.settle();
    EXPECT_EQ(member(tess.acknowledgement(), "ok"), "true") << "what ends the own call is always carried out";
    uma.forget();
    EXPECT_EQ(refusal(s, uma, "call:initiate", call_tess, "call:error"),
              "ACCOUNT_UNAVAILABLE: Your account is not available. Please contact support.");
}

TEST_F(Marketplace, TheSixthInitiateOfAMinuteIsRefusedBeforeItsPayloadIsLookedAt) {
    auto config = stage::unlimited();
    config.limits.initiate = 5;
    stage s{config};
    phone& uma = s.user();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(refusal(s, uma, "call:initiate", "{}", "call:error").substr(0, 15), "INVALID_REQUEST");
    EXPECT_EQ(refusal(s, uma, "call:initiate", "{}", "call:error"),
              "RATE_LIMITED: Too many call attempts. Please wait a moment.");
    EXPECT_EQ(refusal(s, s.user(), "call:initiate", "{}", "call:error").substr(0, 12), "RATE_LIMITED")
        << "counted by account";
}

TEST_F(Marketplace, OverItsLimitAnEventStillActsOnTheSendersOwnCall) {
    auto config = stage::unlimited();
    config.limits.end = 1;
    stage s{config};
    phone &uma = s.user(), &tess = s.telecaller();
    constexpr std::string_view unknown = R"({"callId":"0123456789abcdef01234567"})";
    EXPECT_EQ(refusal(s, uma, "call:end", unknown, "error"), "CALL_NOT_FOUND: Call not found or already ended.");
    EXPECT_EQ(refusal(s, uma, "call:end", unknown, "error"), "RATE_LIMITED: Too many requests. Please wait.");
    EXPECT_EQ(refusal(s, uma, "call:end", "{}", "error"), "RATE_LIMITED: Too many requests. Please wait.");
    std::string id = s.talk(uma, tess);
    uma.ask("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(member(uma.acknowledgement(), "ok"), "true");
}

TEST_F(Marketplace, AMalformedCallIdIsToldByTheGeneralError) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    EXPECT_EQ(refusal(s, uma, "call:cancel", "{}", "error"), "INVALID_CALL_ID: Invalid call ID");
    EXPECT_EQ(refusal(s, tess, "call:accept", R"({"callId":"XYZ"})", "error"), "INVALID_CALL_ID: Invalid call ID");
}

TEST_F(Marketplace, AStrangerDoesNotLearnThatACallExists) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    phone &ula = s.user("ula"), &tara = s.telecaller("tara");
    for (auto const& [who, event] : {std::pair{&ula, "call:cancel"}, {&ula, "call:end"}, {&tara, "call:accept"}})
        EXPECT_EQ(refusal(s, *who, event, stage::call(id), "error"),
                  "CALL_NOT_FOUND: Call not found or already ended.");
    stage::forget_presence(uma);
    EXPECT_EQ(uma.rest() + tess.rest(), "");
}

TEST_F(Marketplace, UnknownEventsAreIgnored) {
    stage s;
    phone& uma = s.user();
    uma.ask("call:dance", "{}");
    uma.ask("error", "{}");
    s.settle();
    EXPECT_EQ(uma.rest(), "");
}

TEST_F(Marketplace, BothPartiesGetCredentialsAndTheRoomIsDeletedAtTheEnd) {
    scripted_media media;
    stage s{stage::unlimited(), 1, &media};
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    tess.ask("call:accept", stage::call(id));
    s.settle();
    std::string for_tess = R"({"token":"t2","url":"wss://media","roomName":")" + id + "\"}";
    EXPECT_EQ(member(tess.next("call:accepted"), "livekit"), for_tess);
    EXPECT_EQ(member(tess.acknowledgement(), "livekit"), for_tess);
    stage::forget_presence(uma);
    EXPECT_EQ(member(uma.next("call:accepted"), "livekit"),
              R"({"token":"t1","url":"wss://media","roomName":")" + id + "\"}");
    tess.emit("call:accept", stage::call(id));
    s.settle();
    EXPECT_EQ(text(member(tess.next("call:accepted"), "livekit"), "token"), "t3") << "a repeat gets fresh ones";
    tess.emit("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(media.minted, 3);
    EXPECT_EQ(media.deleted, std::vector{*call_id::parse(id)});
}

TEST_F(Marketplace, ACallThatCannotBeSetUpEndsInsteadOfHanging) {
    scripted_media media;
    stage s{stage::unlimited(), 1, &media};
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.ring(uma, tess);
    media.fails = true;
    tess.ask("call:accept", stage::call(id));
    s.settle();
    EXPECT_EQ(code_of(tess.acknowledgement()), "INTERNAL");
    EXPECT_EQ(text(tess.next("error"), "message"), "An error occurred");
    EXPECT_EQ(text(tess.next("call:cancelled"), "reason"), "setup_failed");
    EXPECT_EQ(text(uma.next("call:missed"), "reason"), "setup_failed");
}

TEST_F(Marketplace, TheOwningDeviceOfAnAcceptedCallGetsFreshCredentials) {
    scripted_media media;
    stage s{stage::unlimited(), 2, &media};
    phone &uma = s.user("uma", 0), &tess = s.telecaller("tess", 1), &tablet = s.telecaller("tess", 0);
    std::string id = s.ring(uma, tess);
    EXPECT_EQ(refusal(s, uma, "call:refresh-token", stage::call(id), "error"), "CALL_NOT_ACTIVE: Call is not active.");
    tess.emit("call:accept", stage::call(id));
    s.settle();
    tess.forget();
    tablet.forget();
    tess.ask("call:refresh-token", stage::call(id));
    s.settle();
    EXPECT_EQ(tess.acknowledgement(), R"({"ok":true,"callId":")" + id +
                                          R"(","livekit":{"token":"t3","url":"wss://media","roomName":")" + id +
                                          "\"}}");
    EXPECT_EQ(refusal(s, tablet, "call:refresh-token", stage::call(id), "error"),
              "CALL_NOT_ACTIVE: Call is not active.");
}

TEST_F(Marketplace, PrepaidRefusesWhatTheBalanceCannotPayForAndEndsWhatItHasPaidFor) {
    auto config = stage::unlimited();
    config.billing = billing_mode::prepaid;
    stage s{config};
    phone &uma = s.user(), &tess = s.telecaller();
    auto& coins = s.store.accounts.at(*account_id::parse("uma")).coins;
    coins = 19;
    EXPECT_EQ(refusal(s, uma, "call:initiate", call_tess, "call:error"),
              "INSUFFICIENT_COINS: You do not have enough coins for this call.");
    coins = 25;
    std::string id = s.talk(uma, tess);
    s.wait(11'999ms);
    EXPECT_EQ(uma.rest() + tess.rest(), "");
    s.wait(2ms);
    EXPECT_EQ(uma.next("call:ended"),
              R"({"callId":")" + id + R"(","reason":"coins_exhausted","durationInSeconds":12,"coinsSpent":24})");
}

// The balance is read before the claim, so that the broke ring nobody, and again behind it: what counts is the second.
TEST_F(Marketplace, PrepaidCountsTheCoinsThatAreThereWhenBothPartiesAreClaimed) {
    auto config = stage::unlimited();
    config.billing = billing_mode::prepaid;
    stage s{config};
    phone &uma = s.user(), &tess = s.telecaller();
    stage::forget_presence(uma);
    auto& coins = s.store.accounts.at(*account_id::parse("uma")).coins;
    auto initiate_with = [&](std::int64_t first, std::int64_t second) {
        coins = first;
        uma.ask("call:initiate", call_tess);
        s.store.answer(); // the first reading has been made
        coins = second;
        s.settle();
    };
    initiate_with(100, 0);
    EXPECT_THAT(uma.rest(), ::testing::HasSubstr("INSUFFICIENT_COINS"));
    uma.forget();
    EXPECT_EQ(tess.rest(), "") << "nobody was rung";
    initiate_with(20, 60);
    std::string id = text(tess.next("call:incoming"), "callId");
    tess.emit("call:accept", stage::call(id));
    s.settle();
    s.wait(29'999ms);
    uma.forget();
    s.wait(2ms);
    EXPECT_EQ(member(uma.next("call:ended"), "durationInSeconds"), "30");
}

TEST_F(Marketplace, ACallThatOnlyTheStoreRemembersIsAnsweredFromThere) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller(), &ula = s.user("ula");
    ports::stored_call old;
    old.status = call::call_status::completed;
    old.reason = call::end_reason::hangup;
    old.facts.id = *call_id::parse("0123456789abcdef01234567");
    old.facts.caller = {{*account_id::parse("uma"), {}, {}}, call::realm::user};
    old.facts.callee = {{*account_id::parse("tess"), {}, {}}, call::realm::telecaller};
    old.figures = {5, 10, 5};
    s.store.calls[old.facts.id] = old;
    std::string id = old.facts.id.text();
    stage::forget_presence(uma);
    uma.ask("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(uma.acknowledgement(), R"({"ok":true,"callId":")" + id + R"(","durationInSeconds":5,"coinsSpent":10})");
    tess.ask("call:accept", stage::call(id));
    s.settle();
    EXPECT_EQ(code_of(tess.acknowledgement()), "CALL_NOT_RINGING");
    EXPECT_EQ(text(tess.next("error"), "callId"), id);
    EXPECT_EQ(tess.next("call:cancelled"), R"({"callId":")" + id + R"(","reason":"hangup"})");
    EXPECT_EQ(refusal(s, ula, "call:end", stage::call(id), "error"),
              "CALL_NOT_FOUND: Call not found or already ended.");
}

TEST_F(Marketplace, PresenceIsToldOnceToEveryUserOnEveryShard) {
    stage s{stage::unlimited(), 3};
    phone &uma = s.user("uma", 0), &ula = s.user("ula", 2);
    phone& tess = s.telecaller("tess", 1);
    std::string online = R"({"telecallerId":"tess","presence":"ONLINE","telecaller":{"_id":"tess","name":"Tess",)"
                         R"("profile":"avatar-3","language":"hindi","about":"Listens well."}})";
    EXPECT_EQ(uma.next("telecaller:presence-changed"), online);
    EXPECT_EQ(ula.next("telecaller:presence-changed"), online);
    s.telecaller("tess", 0);
    EXPECT_EQ(uma.rest() + ula.rest() + tess.rest(), "") << "a second device changes nothing";
}

TEST_F(Marketplace, ASocketMayNarrowThePresenceItGetsAndWidenItAgain) {
    stage s;
    phone& uma = s.user();
    uma.ask("presence:subscribe", R"({"telecallerIds":["tess","tess"]})");
    s.settle();
    EXPECT_EQ(uma.acknowledgement(), R"({"ok":true})");
    s.telecaller("tara");
    EXPECT_EQ(uma.rest(), "");
    s.telecaller("tess");
    EXPECT_EQ(text(uma.next("telecaller:presence-changed"), "telecallerId"), "tess");
    uma.emit("presence:unsubscribe", R"({"telecallerIds":["tess"]})");
    s.telecaller("tess").leave();
    EXPECT_EQ(uma.rest(), "");
    uma.emit("presence:unsubscribe", "");
    s.telecaller("tina");
    EXPECT_EQ(text(uma.next("telecaller:presence-changed"), "telecallerId"), "tina");
    EXPECT_EQ(uma.rest(), "");
}

TEST_F(Marketplace, ASocketCannotWatchMoreThanItsShare) {
    auto config = stage::unlimited();
    config.watched_telecallers = 1;
    stage s{config};
    EXPECT_EQ(refusal(s, s.user(), "presence:subscribe", R"({"telecallerIds":["a","b"]})", "error"),
              "PAYLOAD_TOO_LARGE: Payload too large.");
}

TEST_F(Marketplace, ThePresenceListNamesWhoIsNotOffline) {
    stage s;
    phone& uma = s.user();
    uma.ask("presence:list", "");
    s.settle();
    EXPECT_EQ(uma.acknowledgement(), R"({"ok":true,"telecallers":[]})");
    phone& tess = s.telecaller();
    stage::forget_presence(uma);
    s.talk(uma, tess);
    uma.ask("presence:list", "");
    s.settle();
    EXPECT_EQ(uma.acknowledgement(),
              R"({"ok":true,"telecallers":[{"_id":"tess","name":"Tess","profile":"avatar-3","language":"hindi",)"
              R"("about":"Listens well.","presence":"ON_CALL","rates":{"audio":2,"video":3}}]})");
}

} // namespace
} // namespace ringback::gateway::testing
