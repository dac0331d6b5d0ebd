// The flows of contract section 3, from the first event to the last.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

TEST(CallFlow, NobodyHearsOfACallBeforeItIsDurable) {
    teller s;
    EXPECT_THAT(s.open(), ElementsAre("record RINGING"));
    EXPECT_EQ(s.machine().status(), call_status::ringing);
}

TEST(CallFlow, TheCalleeRingsBeforeTheCallerIsTold) {
    teller s;
    s.open();
    EXPECT_THAT(s.written(), ElementsAre("ann1 owns caller", "bob1 <- incoming", "bob2 <- incoming", "ann1 <- ringing",
                                         "ok initiate"));
}

TEST(CallFlow, TheFactsSayWhenItStopsRinging) {
    teller s;
    EXPECT_EQ(s.machine().facts().created_at, s.now().wall);
    EXPECT_EQ(s.machine().facts().expires_at, s.now().wall + 30s);
}

TEST(CallFlow, AnAcceptanceIsDurableBeforeItIsAnnouncedToBothSides) {
    teller s;
    s.rings().at(5s);
    EXPECT_THAT(s.accept(bob2), ElementsAre("record ACCEPTED"));
    EXPECT_EQ(s.machine().status(), call_status::ringing);
    EXPECT_THAT(s.written(), ElementsAre("bob2 owns callee", "bob1 <- cancelled answered_elsewhere", "ann1 <- accepted",
                                         "bob2 <- accepted", "ok accept bob2", "mark accepted"));
    EXPECT_EQ(s.machine().status(), call_status::accepted);
    EXPECT_EQ(s.machine().accepted_at(), s.now().wall);
}

TEST(CallFlow, TheOneWhoEndsLearnsTheFiguresFromTheAnswerTheOtherFromTheEvent) {
    teller s;
    s.is_accepted_by(bob1).at(12'900ms);
    EXPECT_THAT(s.end(ann1), ElementsAre("record COMPLETED hangup 12s 24/12", "bob1 <- ended hangup 12s 24/12",
                                         "ok end ann1 12s 24/12", "release", "delete room"));
}

TEST(CallFlow, TheCalleeCanEndItToo) {
    teller s;
    s.is_accepted_by(bob1).at(3s);
    EXPECT_THAT(s.end(bob1), ElementsAre("record COMPLETED hangup 3s 6/3", "ann1 <- ended hangup 3s 6/3",
                                         "ok end bob1 3s 6/3", "release", "delete room"));
}

TEST(CallFlow, AnyDeviceOfAPartyMayEndAndTheOwningDeviceIsTold) {
    teller s;
    s.is_accepted_by(bob1).at(3s);
    EXPECT_THAT(s.end(ann2),
                ElementsAre("record COMPLETED hangup 3s 6/3", "ann1 <- ended hangup 3s 6/3",
                            "bob1 <- ended hangup 3s 6/3", "ok end ann2 3s 6/3", "release", "delete room"));
}

TEST(CallFlow, OneRejectRejectsForAllDevices) {
    teller s;
    s.rings();
    EXPECT_THAT(s.reject(bob1), ElementsAre("record REJECTED rejected 0s 0/0", "ann1 <- rejected rejected",
                                            "bob2 <- cancelled rejected_elsewhere", "ok reject bob1", "release"));
}

TEST(CallFlow, ARejectCanBeInTheCalleesOwnWords) {
    teller s;
    s.rings();
    EXPECT_THAT(s.reject(bob1, allowance::within_limit, "in a meeting"),
                testing::Contains("ann1 <- rejected in a meeting"));
}

TEST(CallFlow, ACancelStopsEveryDeviceOfTheCallee) {
    teller s;
    s.rings();
    EXPECT_THAT(s.cancel(ann1), ElementsAre("record CANCELLED cancelled 0s 0/0", "bob1 <- cancelled cancelled",
                                            "bob2 <- cancelled cancelled", "ok cancel ann1", "release"));
}

TEST(CallFlow, ACancelFromAnotherDeviceIsToldToTheOwningOne) {
    teller s({}, teller::plain_setup(), {bob1});
    s.rings();
    EXPECT_THAT(s.cancel(ann2), ElementsAre("record CANCELLED cancelled 0s 0/0", "ann1 <- ended cancelled 0s 0/0",
                                            "bob1 <- cancelled cancelled", "ok cancel ann2", "release"));
}

TEST(CallFlow, ACallThatNobodyAnswersIsMissedByBothAfterThirtySeconds) {
    teller s;
    s.rings();
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 30s);
    EXPECT_THAT(s.deadline(), ElementsAre("record MISSED timeout 0s 0/0", "ann1 <- missed timeout",
                                          "bob1 <- missed timeout", "bob2 <- missed timeout", "release"));
    EXPECT_EQ(s.machine().ended_at(), s.machine().facts().expires_at);
}

TEST(CallFlow, ACallIsRememberedForAMinuteThenForgotten) {
    teller s;
    s.rings().at(2s);
    s.cancel(ann1);
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 60s);
    EXPECT_THAT(s.deadline(), ElementsAre("forget"));
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallFlow, ARequestThatMeetsALateTimerIsAnsweredBeforeTheCallIsForgotten) {
    teller s;
    s.rings();
    s.cancel(ann1);
    s.at(90s);
    EXPECT_THAT(s.end(ann1), ElementsAre("ok end ann1 0s 0/0", "forget"));
}

TEST(CallFlow, ADeadlineThatHasNotComeChangesNothing) {
    teller s;
    s.rings().at(29'999ms);
    EXPECT_THAT(s.apply(deadline_reached{}), IsEmpty());
}

TEST(CallFlow, AClosingRecordIsCompleteInItself) {
    teller s;
    s.is_accepted_by(bob1).at(2s);
    auto effects = s.machine().apply(hang_up{{{0, 99}, ann, ann1}}, s.now());
    auto const& closed = std::get<closing>(std::get<record>(effects.front()).what);
    EXPECT_EQ(closed, (closing{.status = call_status::completed,
                               .reason = end_reason::hangup,
                               .accepted_at = s.machine().accepted_at(),
                               .ended_at = s.now().wall,
                               .rates = {2, 1},
                               .figures = {2, 4, 2}}));
    EXPECT_EQ(std::get<record>(effects.front()).by, side::caller);
    EXPECT_EQ(std::get<record>(effects.front()).device, ann1);
}
