// Ends that nobody's device asked for: operators, limits of time and of coins.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

namespace {

call_setup prepaid(std::int64_t coins) {
    auto s = teller::plain_setup();
    s.prepaid_balance = coins;
    return s;
}

} // namespace

TEST(CallEnd, ARingingCallThatIsStoppedIsMissedByTheCallerAndCancelledForTheCallee) {
    for (auto why : {end_reason::admin, end_reason::account_suspended, end_reason::setup_failed}) {
        teller s{{}, teller::plain_setup(), {bob1}};
        s.rings();
        std::string word{to_string(why)};
        EXPECT_THAT(s.terminate(why), ElementsAre("record MISSED " + word + " 0s 0/0", "ann1 <- missed " + word,
                                                  "bob1 <- cancelled " + word, "ok terminate", "release"));
    }
}

TEST(CallEnd, AnAcceptedCallThatIsStoppedIsCompletedAndBilled) { // races.md row 52
    for (auto why : {end_reason::admin, end_reason::account_suspended, end_reason::room_finished}) {
        teller s;
        s.is_accepted_by(bob1).at(3s);
        std::string word{to_string(why)};
        EXPECT_THAT(s.terminate(why),
                    ElementsAre("record COMPLETED " + word + " 3s 6/3", "ann1 <- ended " + word + " 3s 6/3",
                                "bob1 <- ended " + word + " 3s 6/3", "ok terminate", "release", "delete room"));
    }
}

TEST(CallEnd, TheLongestDurationEndsACallToTheMillisecond) {
    teller s{{.max_duration = 60s}};
    s.is_accepted_by(bob1);
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 60s);
    EXPECT_THAT(s.deadline(), testing::Contains("record COMPLETED max_duration 60s 120/60"));
    EXPECT_EQ(s.machine().ended_at(), s.now().wall);
}

TEST(CallEnd, Row38APrepaidCallEndsWithItsLastPaidSecond) {
    teller s{{}, prepaid(21)};
    s.is_accepted_by(bob1);
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 10s);
    EXPECT_THAT(s.deadline(), ElementsAre("read balance"));
    EXPECT_THAT(s.balance_read(21),
                ElementsAre("record COMPLETED coins_exhausted 10s 20/10", "ann1 <- ended coins_exhausted 10s 20/10",
                            "bob1 <- ended coins_exhausted 10s 20/10", "release", "delete room"));
}

TEST(CallEnd, Row38ALateTimerDoesNotCostMoreThanWasPaid) {
    teller s{{}, prepaid(21)};
    s.is_accepted_by(bob1).at(12s);
    EXPECT_THAT(s.end(ann1), ElementsAre("read balance"));
    EXPECT_THAT(s.balance_read(21), testing::Contains("ok end ann1 10s 20/10"));
    EXPECT_EQ(s.machine().reason(), end_reason::coins_exhausted);
}

TEST(CallEnd, Row38AStoreThatDoesNotSayWhatIsThereEndsThePrepaidCall) {
    teller s{{}, prepaid(20)};
    s.is_accepted_by(bob1);
    s.deadline();
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 1s);
    EXPECT_THAT(s.deadline(), testing::Contains("record COMPLETED coins_exhausted 10s 20/10"));

    teller t{{}, prepaid(20)};
    t.is_accepted_by(bob1);
    t.deadline();
    EXPECT_THAT(t.balance_read(std::nullopt), testing::Contains("record COMPLETED coins_exhausted 10s 20/10"));
}

TEST(CallEnd, Row40ATopUpBeforeTheCutOffProlongsTheCall) {
    teller s{{}, prepaid(20)};
    s.is_accepted_by(bob1).at(9s);
    EXPECT_THAT(s.balance(40), IsEmpty());
    s.at(10s);
    EXPECT_THAT(s.apply(deadline_reached{}), IsEmpty());
    EXPECT_THAT(s.deadline(), ElementsAre("read balance"));
    EXPECT_THAT(s.balance_read(40), testing::Contains("record COMPLETED coins_exhausted 20s 40/20"));
}

TEST(CallEnd, Row40ATopUpThatIsCommittedAsTheCutOffFiresWins) {
    teller s{{}, prepaid(20)};
    s.is_accepted_by(bob1);
    s.deadline();
    s.at(10'200ms);
    EXPECT_THAT(s.end(bob1), IsEmpty()) << "whoever hangs up meanwhile waits for what is there";
    s.at(10'300ms);
    EXPECT_THAT(s.balance(1'000), IsEmpty()) << "an older reading does not answer";
    EXPECT_THAT(s.balance_read(60), testing::Contains("ok end bob1 10s 20/10"));
    EXPECT_EQ(s.machine().reason(), end_reason::hangup);
}

TEST(CallEnd, WhatHappenedWhileTheAnswerWasStoredComesAfterTheCutOff) {
    teller s{{}, prepaid(1)}; // pays for no second
    s.rings();
    s.accept(bob1);
    s.at(300ms).end(bob1);
    s.at(500ms);
    EXPECT_EQ(s.written().back(), "read balance");
    EXPECT_THAT(s.balance_read(1), testing::Contains("ok end bob1 0s 0/0"));
    EXPECT_EQ(s.machine().reason(), end_reason::coins_exhausted);
}

TEST(CallEnd, ATopUpWhileItRingsCountsFromTheStart) {
    teller s{{}, prepaid(20)};
    s.rings();
    s.balance(60);
    s.accept(bob1);
    s.written();
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 30s);
}

TEST(CallEnd, AMeteredCallHasNoCutOff) {
    teller s;
    s.is_accepted_by(bob1);
    EXPECT_THAT(s.balance(0), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallEnd, AFreePrepaidCallHasNoCutOff) {
    auto setup = prepaid(0);
    setup.rates = {0, 0};
    teller s{{}, setup};
    s.is_accepted_by(bob1);
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}
