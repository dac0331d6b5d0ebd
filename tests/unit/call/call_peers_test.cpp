// Calls between peers: what contract section 4 has of its own.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

namespace {

constexpr device_ref on_peer(device_ref d) { return {d.socket, realm::peer}; }
device_ref const ann_a = on_peer(ann1), ann_b = on_peer(ann2), bob_a = on_peer(bob1), bob_b = on_peer(bob2);

teller peers(std::vector<device_ref> ringing = {bob_a}) {
    auto setup = teller::plain_setup();
    setup.caller.realm = setup.callee.realm = realm::peer;
    setup.caller_device = ann_a;
    setup.rates = {};
    call_config config;
    config.reconnect_grace = 30s;
    return teller{config, setup, std::move(ringing)};
}

} // namespace

TEST(CallPeers, TheAcceptingDeviceLearnsByTheAcknowledgementAlone) {
    auto s = peers({bob_a, bob_b});
    s.rings().accept(bob_a);
    auto told = s.written();
    EXPECT_THAT(told, testing::Contains("ann1 <- accepted"));
    EXPECT_THAT(told, testing::Contains("bob2 <- cancelled answered_elsewhere"));
    EXPECT_THAT(told, testing::Not(testing::Contains("bob1 <- accepted")));
    EXPECT_THAT(s.accept(bob_a), testing::Not(testing::Contains("bob1 <- accepted"))) << "nor when it repeats it";
}

TEST(CallPeers, Row18WhoAcceptsByCallingBackIsToldAsACallerIs) {
    auto s = peers();
    s.rings().calls_back(bob_a);
    auto told = s.written();
    EXPECT_THAT(told, testing::Contains("ann1 <- accepted"));
    EXPECT_THAT(told, testing::Contains("bob1 <- accepted"));
}

TEST(CallPeers, ADropInACallIsToldAndWaitedFor) {
    auto s = peers();
    s.is_accepted_by(bob_a).at(10s);
    EXPECT_THAT(s.drops(bob_a), ElementsAre("ann1 <- reconnecting 30000"));
    EXPECT_THAT(s.joins(bob_b), IsEmpty()) << "its app has to say that it can go on";
    s.at(20s);
    auto told = s.resumes(bob_b, bob_a);
    EXPECT_THAT(told, testing::Contains("deliver kept callee"));
    EXPECT_THAT(told, testing::Contains("ann1 <- reconnected"));
    EXPECT_EQ(s.machine().owner(side::callee), bob_b);
    EXPECT_THAT(s.at(60s).machine().next_deadline(), testing::Eq(std::nullopt)) << "the grace is over with it";
}

TEST(CallPeers, WhoIsBackAlreadyIsToldSoOnceMore) {
    auto s = peers();
    s.is_accepted_by(bob_a).drops(bob_a);
    s.resumes(bob_b, bob_a);
    EXPECT_THAT(s.resumes(bob_b, bob_a), ElementsAre(testing::StartsWith("ok resume")));
}

TEST(CallPeers, TheEndOfAGraceIsAConnectionLostAtTheDrop) {
    auto s = peers();
    s.is_accepted_by(bob_a).at(10s);
    s.drops(bob_a);
    EXPECT_THAT(s.deadline(), testing::Contains("ann1 <- ended connection_lost 10s 0/0"));
}

TEST(CallPeers, ACallerThatDropsWhileRingingIsWaitedForACalleeIsNot) {
    auto s = peers();
    s.rings();
    EXPECT_THAT(s.drops(ann_a), ElementsAre("bob1 <- reconnecting 30000"));
    auto told = s.apply(device_left{side::callee, bob_a, departure::drop, s.now()});
    EXPECT_THAT(told, testing::Contains("keep for callee: missed callee_disconnected"));
}

TEST(CallPeers, WhatACallerMissedWhileAwayComesBeforeTheSignals) {
    auto s = peers();
    s.rings();
    s.drops(ann_a);
    s.accept(bob_a);
    EXPECT_THAT(s.written(), testing::Not(testing::Contains("ann1 <- accepted")));
    auto told = s.resumes(ann_b, ann_a);
    auto accepted = std::ranges::find(told, "ann2 <- accepted"), kept = std::ranges::find(told, "deliver kept caller");
    ASSERT_NE(accepted, told.end());
    EXPECT_LT(accepted, kept);
}

TEST(CallPeers, Row62ANewDeviceTakesOverFromOneThatIsHalfOpen) {
    auto s = peers();
    s.is_accepted_by(bob_a);
    EXPECT_THAT(s.resumes(bob_b, bob_a), testing::Contains("ann1 <- reconnected"));
    EXPECT_THAT(s.drops(bob_a), IsEmpty()) << "it owned nothing any more";
    EXPECT_EQ(s.machine().owner(side::callee), bob_b);
}

TEST(CallPeers, OnlyTheSideOfALostDeviceIsTakenOver) {
    auto s = peers();
    s.is_accepted_by(bob_a);
    auto is_refused = [](lines const& told) { return told.size() == 1 && told[0].starts_with("refused resume"); };
    EXPECT_TRUE(is_refused(s.resumes(bob_b, {}))) << "its device is there";
    s.drops(bob_a);
    EXPECT_TRUE(is_refused(s.resumes(bob_b, ann_a))) << "not by another device's session";
    EXPECT_TRUE(is_refused(s.resumes(on_peer(eve1), bob_a)));
    EXPECT_TRUE(is_refused(s.resumes(bob1, bob_a))) << "not from another namespace";
    EXPECT_FALSE(is_refused(s.resumes(bob_b, {}))) << "by the name of the call";
}

TEST(CallPeers, AnOwnDisconnectGetsNoGrace) {
    auto s = peers();
    s.is_accepted_by(bob_a).at(4s);
    EXPECT_THAT(s.leaves(bob_a), testing::Contains("ann1 <- ended callee_disconnected 4s 0/0"));
}
