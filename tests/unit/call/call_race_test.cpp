// The races of races.md that one call decides; each test names its row.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

TEST(CallRace, Row1CancelThatCrossesTheAcceptHangsUpForNothing) {
    teller s;
    s.rings().at(5s);
    s.accept(bob1);
    s.written();
    s.at(6'999ms);
    EXPECT_THAT(s.cancel(ann1),
                ElementsAre("record COMPLETED cancelled_late 1s 0/0", "bob1 <- ended cancelled_late 1s 0/0",
                            "ok cancel ann1", "release", "delete room"));
}

TEST(CallRace, Row1CancelLongAfterTheAcceptIsABilledHangUp) {
    teller s;
    s.is_accepted_by(bob1).at(2s);
    EXPECT_THAT(s.cancel(ann1), ElementsAre("record COMPLETED hangup 2s 4/2", "bob1 <- ended hangup 2s 4/2",
                                            "ok cancel ann1", "release", "delete room"));
}

TEST(CallRace, Row1WithTheWindowOffEveryLateCancelIsBilled) {
    teller s{{.cancel_race_window = 0ms}};
    s.is_accepted_by(bob1);
    EXPECT_THAT(s.cancel(ann1), testing::Contains("record COMPLETED hangup 0s 0/0"));
}

TEST(CallRace, Row1CancelWhileTheAcceptIsBeingStoredComesAfterIt) {
    teller s;
    s.rings();
    s.accept(bob1);
    EXPECT_THAT(s.cancel(ann1), IsEmpty());
    EXPECT_THAT(s.written(),
                ElementsAre("bob1 owns callee", "bob2 <- cancelled answered_elsewhere", "ann1 <- accepted",
                            "bob1 <- accepted", "ok accept bob1", "mark accepted",
                            "record COMPLETED cancelled_late 0s 0/0", "bob1 <- ended cancelled_late 0s 0/0",
                            "ok cancel ann1", "release", "delete room"));
}

TEST(CallRace, Row2AcceptAfterTheCancelIsRefusedAndTheOverlayCleared) {
    teller s;
    s.rings();
    s.cancel(ann1);
    EXPECT_THAT(s.accept(bob2), ElementsAre("refused accept bob2: CALL_NOT_RINGING", "bob2 <- cancelled cancelled"));
}

TEST(CallRace, Row4CancelWhileTheCallIsBeingStoredMeansThatNobodyRings) {
    teller s;
    s.open();
    EXPECT_THAT(s.cancel(ann1), IsEmpty());
    EXPECT_THAT(s.written(),
                ElementsAre("record CANCELLED cancelled 0s 0/0", "ok initiate", "ok cancel ann1", "release"));
}

TEST(CallRace, Row4CallerGoneWhileTheCallIsBeingStoredMeansThatNobodyRings) {
    teller s;
    s.open();
    s.drops(ann1);
    EXPECT_THAT(s.written(), ElementsAre("record MISSED caller_disconnected 0s 0/0",
                                         "refused initiate: CALLEE_UNAVAILABLE", "release"));
}

TEST(CallRace, Row7CalleeGoneWhileTheCallIsBeingStoredIsUnavailable) {
    teller s;
    s.open();
    s.drops(bob1);
    s.leaves(bob2);
    EXPECT_THAT(s.written(), ElementsAre("record MISSED callee_disconnected 0s 0/0",
                                         "refused initiate: CALLEE_UNAVAILABLE", "release"));
}

TEST(CallRace, Row7WithinAGraceTheCalleeCannotBeReachedEither) {
    teller s{{.reconnect_grace = 10s}, teller::plain_setup(), {bob1}};
    s.open();
    s.drops(bob1);
    EXPECT_THAT(s.written(), ElementsAre("record MISSED callee_disconnected 0s 0/0",
                                         "refused initiate: CALLEE_UNAVAILABLE", "release"));
}

TEST(CallRace, Row9TheTimerWinsOverAnAcceptThatComesAfterTheTime) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings().at(30s);
    EXPECT_THAT(s.accept(bob1),
                ElementsAre("record MISSED timeout 0s 0/0", "ann1 <- missed timeout", "bob1 <- missed timeout",
                            "release", "refused accept bob1: CALL_NOT_RINGING", "bob1 <- cancelled timeout"));
}

TEST(CallRace, Row9AnAcceptBeforeTheTimeWinsOverTheTimer) {
    teller s;
    s.rings().at(29'999ms);
    s.accept(bob1);
    s.at(30'100ms);
    EXPECT_THAT(s.apply(deadline_reached{}), IsEmpty());
    EXPECT_THAT(s.written(), testing::Contains("ann1 <- accepted"));
}

TEST(CallRace, Row10RejectThatCrossesCancelGivesTheCallerOneFinalEvent) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    EXPECT_THAT(s.reject(bob1), testing::Contains("ann1 <- rejected rejected"));
    EXPECT_THAT(s.cancel(ann1), ElementsAre("refused cancel ann1: CALL_NOT_RINGING"));
}

TEST(CallRace, Row11OfTwoDevicesThatAcceptTogetherOneWins) {
    teller s;
    s.rings();
    s.accept(bob1);
    EXPECT_THAT(s.accept(bob2), IsEmpty());
    EXPECT_THAT(s.written(), ElementsAre("bob1 owns callee", "bob2 <- cancelled answered_elsewhere", "ann1 <- accepted",
                                         "bob1 <- accepted", "ok accept bob1", "mark accepted",
                                         "refused accept bob2: CALL_NOT_RINGING"));
}

TEST(CallRace, Row14TheWinnersRepeatedAcceptSucceedsAgain) {
    teller s;
    s.rings();
    s.accept(bob1);
    EXPECT_THAT(s.accept(bob1), IsEmpty()); // the double tap while the first is being stored
    auto all = s.written();
    ASSERT_GE(all.size(), 2u);
    EXPECT_EQ(all[all.size() - 2], "bob1 <- accepted");
    EXPECT_EQ(all.back(), "ok accept bob1");
    EXPECT_THAT(s.accept(bob1), ElementsAre("bob1 <- accepted", "ok accept bob1"));
}

TEST(CallRace, Row16WhenTheSetUpFailsBothSidesAreFreed) {
    teller s;
    s.is_accepted_by(bob1);
    EXPECT_THAT(s.terminate(end_reason::setup_failed),
                ElementsAre("record COMPLETED setup_failed 0s 0/0", "ann1 <- ended setup_failed 0s 0/0",
                            "bob1 <- ended setup_failed 0s 0/0", "ok terminate", "release", "delete room"));
}

TEST(CallRace, Row20WhenBothHangUpAtOnceItIsBilledOnce) {
    teller s;
    s.is_accepted_by(bob1).at(4s);
    EXPECT_THAT(s.end(ann1), testing::Contains("record COMPLETED hangup 4s 8/4"));
    s.at(5s);
    EXPECT_THAT(s.end(bob1), ElementsAre("ok end bob1 4s 8/4"));
}

TEST(CallRace, Row21AHangUpThatCrossesTheOwnDisconnectEndsItOnce) {
    teller s;
    s.is_accepted_by(bob1).at(4s);
    s.end(ann1);
    EXPECT_THAT(s.leaves(ann1), IsEmpty());
}

TEST(CallRace, Row22EndRightBehindAcceptEndsACallOfNoSeconds) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    s.accept(bob1);
    EXPECT_THAT(s.end(bob1), IsEmpty());
    EXPECT_THAT(s.written(),
                ElementsAre("bob1 owns callee", "ann1 <- accepted", "bob1 <- accepted", "ok accept bob1",
                            "mark accepted", "record COMPLETED hangup 0s 0/0", "ann1 <- ended hangup 0s 0/0",
                            "ok end bob1 0s 0/0", "release", "delete room"));
}

TEST(CallRace, Row31And32AHalfOpenLossIsBilledToTheLastPacket) {
    teller s;
    s.is_accepted_by(bob1).at(10s);
    moment last_packet = s.now();
    s.at(50s);
    EXPECT_THAT(s.drops(ann1, last_packet),
                ElementsAre("record COMPLETED caller_disconnected 10s 20/10",
                            "keep for caller: ended caller_disconnected 10s 20/10",
                            "bob1 <- ended caller_disconnected 10s 20/10", "release", "delete room"));
    EXPECT_EQ(s.machine().ended_at(), last_packet.wall);
}

TEST(CallRace, Row32ALastPacketFromBeforeTheAcceptanceIsNoSeconds) {
    teller s;
    s.rings();
    moment last_packet = s.now();
    s.at(20s);
    s.accept(bob1);
    s.written();
    s.at(45s);
    EXPECT_THAT(s.drops(ann1, last_packet), testing::Contains("record COMPLETED caller_disconnected 0s 0/0"));
    EXPECT_EQ(s.machine().ended_at(), s.machine().accepted_at());
}

TEST(CallRace, Row42ASteppedWallClockDoesNotChangeWhatACallCosts) {
    teller s;
    s.is_accepted_by(bob1).at(10s);
    moment stepped{s.now().mono, s.now().wall + 24h};
    auto effects = s.machine().apply(hang_up{{{0, 99}, ann, ann1}}, stepped);
    EXPECT_EQ(std::get<closing>(std::get<record>(effects.front()).what).figures, (figures{10, 20, 10}));
}

TEST(CallRace, AnEventParkedBeforeTheStoreAnsweredKeepsItsOwnTime) {
    teller s;
    s.rings();
    s.accept(bob1);
    s.at(300ms);
    s.end(bob1);
    moment hung_up = s.now();
    s.at(900ms);
    s.written();
    EXPECT_EQ(s.machine().ended_at(), hung_up.wall);
}
