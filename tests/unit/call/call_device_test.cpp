// Devices that come and go: "Devices" and "Disconnects" of contract section 3.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

TEST(CallDevice, ACallerThatDropsWhileRingingMakesItMissedAndIsToldLater) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    EXPECT_THAT(s.drops(ann1),
                ElementsAre("record MISSED caller_disconnected 0s 0/0", "keep for caller: missed caller_disconnected",
                            "bob1 <- cancelled caller_disconnected", "release"));
}

TEST(CallDevice, ACallerThatLeavesByItselfIsNotToldLater) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    EXPECT_THAT(s.leaves(ann1), ElementsAre("record MISSED caller_disconnected 0s 0/0",
                                            "bob1 <- cancelled caller_disconnected", "release"));
}

// Another shard tells of the new socket, and may do so later.
TEST(CallDevice, Row29ANewDeviceIsNotMissedWhenTheLossOfTheOldOneIsToldFirst) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    EXPECT_THAT(s.apply(device_left{side::callee, bob1, departure::drop, s.now(), {bob2}}),
                ElementsAre("bob2 <- incoming"));
    EXPECT_THAT(s.joins(bob2), IsEmpty()) << "it rings once";
    EXPECT_THAT(s.drops(bob2), testing::Contains("ann1 <- missed callee_disconnected"));
}

TEST(CallDevice, Row29ADeviceThatIsGoneAlreadyDoesNotKeepTheCallRinging) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    EXPECT_THAT(s.drops(bob2), IsEmpty()) << "its coming was not even told";
    EXPECT_THAT(s.apply(device_left{side::callee, bob1, departure::drop, s.now(), {bob2}}),
                testing::Contains("ann1 <- missed callee_disconnected"));
}

TEST(CallDevice, TheCalleeIsGoneWhenItsLastRingingDeviceIs) {
    teller s;
    s.rings();
    EXPECT_THAT(s.drops(bob1), IsEmpty());
    EXPECT_THAT(s.drops(bob2),
                ElementsAre("record MISSED callee_disconnected 0s 0/0", "ann1 <- missed callee_disconnected",
                            "keep for callee: missed callee_disconnected", "release"));
}

TEST(CallDevice, TheKeptEventLastsAMinute) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings().at(3s);
    for (effect const& e : s.machine().apply(device_left{side::callee, bob1, departure::drop, s.now()}, s.now()))
        if (auto const* kept = std::get_if<keep_final_event>(&e)) {
            EXPECT_EQ(kept->until, s.now() + 60s);
            return;
        }
    FAIL() << "nothing was kept";
}

TEST(CallDevice, TheLossOfAnOwningDeviceEndsAnAcceptedCall) {
    teller s;
    s.is_accepted_by(bob1).at(5s);
    EXPECT_THAT(s.leaves(bob1), ElementsAre("record COMPLETED callee_disconnected 5s 10/5",
                                            "ann1 <- ended callee_disconnected 5s 10/5", "release", "delete room"));
}

TEST(CallDevice, Row28OtherDevicesOfAPartyDoNotCount) {
    teller s;
    s.is_accepted_by(bob1);
    EXPECT_THAT(s.drops(bob2), IsEmpty());
    EXPECT_THAT(s.joins(ann2), IsEmpty());
    EXPECT_THAT(s.drops(ann2), IsEmpty());
    EXPECT_EQ(s.machine().status(), call_status::accepted);
}

TEST(CallDevice, ADeviceThatConnectsWhileItsAccountIsCalledRingsToo) {
    teller s;
    s.rings();
    EXPECT_THAT(s.joins(bob3), ElementsAre("bob3 <- incoming"));
    EXPECT_THAT(s.joins(bob3), IsEmpty());
    s.accept(bob3);
    EXPECT_THAT(s.written(), ElementsAre("bob3 owns callee", "bob1 <- cancelled answered_elsewhere",
                                         "bob2 <- cancelled answered_elsewhere", "ann1 <- accepted", "bob3 <- accepted",
                                         "ok accept bob3", "mark accepted"));
}

TEST(CallDevice, ADeviceThatConnectsWhileTheCallIsBeingStoredRingsOnceWithTheOthers) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.open();
    EXPECT_THAT(s.joins(bob2), IsEmpty());
    EXPECT_THAT(s.written(), ElementsAre("ann1 owns caller", "bob1 <- incoming", "bob2 <- incoming", "ann1 <- ringing",
                                         "ok initiate"));
}

TEST(CallDevice, ADeviceInAnotherNamespaceDoesNotRing) {
    teller s;
    s.rings();
    EXPECT_THAT(s.joins(device(25, realm::peer)), IsEmpty());
    EXPECT_THAT(s.drops(device(25, realm::peer)), IsEmpty());
}

TEST(CallDevice, TheAcceptingDeviceMayDieWhileItsAcceptIsBeingStored) { // races.md row 15
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    s.accept(bob1);
    s.drops(bob1);
    EXPECT_THAT(s.written(),
                ElementsAre("bob1 owns callee", "ann1 <- accepted", "bob1 <- accepted", "ok accept bob1",
                            "mark accepted", "record COMPLETED callee_disconnected 0s 0/0",
                            "ann1 <- ended callee_disconnected 0s 0/0",
                            "keep for callee: ended callee_disconnected 0s 0/0", "release", "delete room"));
}

TEST(CallDevice, WithinTheGraceAReturningDeviceTakesItsSideBack) { // races.md row 30
    teller s{{.reconnect_grace = 10s}};
    s.is_accepted_by(bob1).at(5s);
    EXPECT_THAT(s.drops(ann1), IsEmpty());
    EXPECT_TRUE(s.machine().owner(side::caller).is_null());
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 10s);
    s.at(14s);
    EXPECT_THAT(s.joins(ann2), ElementsAre("ann2 owns caller"));
    s.at(20s);
    EXPECT_THAT(s.end(bob1), testing::Contains("ann2 <- ended hangup 20s 40/20"));
}

TEST(CallDevice, WhenTheGraceEndsTheCallEndedAtTheMomentOfTheLoss) { // races.md row 31
    teller s{{.reconnect_grace = 10s}};
    s.is_accepted_by(bob1).at(5s);
    s.drops(bob1);
    EXPECT_THAT(s.deadline(),
                ElementsAre("record COMPLETED callee_disconnected 5s 10/5", "ann1 <- ended callee_disconnected 5s 10/5",
                            "keep for callee: ended callee_disconnected 5s 10/5", "release", "delete room"));
}

TEST(CallDevice, AnOwnDisconnectGetsNoGrace) {
    teller s{{.reconnect_grace = 10s}};
    s.is_accepted_by(bob1);
    EXPECT_THAT(s.leaves(ann1), testing::Contains("record COMPLETED caller_disconnected 0s 0/0"));
}

TEST(CallDevice, ACalleeWithinItsGraceRingsAgainWhenItComesBack) {
    teller s{{.reconnect_grace = 10s}, teller::plain_setup(), {bob1}};
    s.rings();
    EXPECT_THAT(s.drops(bob1), IsEmpty());
    s.at(4s);
    EXPECT_THAT(s.joins(bob2), ElementsAre("bob2 <- incoming"));
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 26s); // the ring timeout alone is left
}

TEST(CallDevice, ACallerThatWasAwayLearnsOnItsReturnWhatItMissed) {
    teller s{{.reconnect_grace = 10s}, teller::plain_setup(), {bob1}};
    s.open();
    s.drops(ann1);
    EXPECT_THAT(s.written(), ElementsAre("bob1 <- incoming", "ok initiate"));
    s.accept(bob1);
    EXPECT_THAT(s.written(), ElementsAre("bob1 owns callee", "bob1 <- accepted", "ok accept bob1", "mark accepted"));
    EXPECT_THAT(s.joins(ann2), ElementsAre("ann2 owns caller", "ann2 <- ringing", "ann2 <- accepted"));
}

TEST(CallDevice, ACallerThatComesBackBeforeItRingsOwnsNothingUntilItDoes) {
    teller s{{.reconnect_grace = 10s}, teller::plain_setup(), {bob1}};
    s.open();
    s.drops(ann1);
    s.joins(ann2);
    EXPECT_THAT(s.written(), ElementsAre("ann2 owns caller", "bob1 <- incoming", "ann2 <- ringing", "ok initiate"));
    teller refused{{.reconnect_grace = 10s}, teller::plain_setup(), {bob1}};
    refused.open();
    refused.drops(ann1);
    refused.joins(ann2);
    refused.leaves(bob1);
    EXPECT_THAT(refused.written(), ElementsAre("record MISSED callee_disconnected 0s 0/0",
                                               "refused initiate: CALLEE_UNAVAILABLE", "release"));
}

TEST(CallDevice, APartyWithinItsGraceFindsTheEndWhenItComesBack) {
    teller s{{.reconnect_grace = 10s}};
    s.is_accepted_by(bob1).at(5s);
    s.drops(ann1);
    s.at(6s);
    EXPECT_THAT(s.end(bob1), ElementsAre("record COMPLETED hangup 6s 12/6", "keep for caller: ended hangup 6s 12/6",
                                         "ok end bob1 6s 12/6", "release", "delete room"));
}

TEST(CallDevice, TheEarlierOfTwoGracesDecides) { // races.md row 33
    teller s{{.reconnect_grace = 10s}};
    s.is_accepted_by(bob1).at(5s);
    s.drops(bob1);
    s.at(8s);
    s.drops(ann1);
    EXPECT_THAT(s.deadline(), testing::Contains("record COMPLETED callee_disconnected 5s 10/5"));
}
