// Who may do what, in which status: the refusals of contract sections 1, 3 and 8.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

namespace {
constexpr auto over = allowance::over_limit;
}

TEST(CallRefusal, WhoIsNoPartyFindsNothing) { // races.md row 17
    teller s;
    s.rings();
    EXPECT_THAT(s.accept(eve1), ElementsAre("refused accept eve1: CALL_NOT_FOUND"));
    EXPECT_THAT(s.reject(eve1), ElementsAre("refused reject eve1: CALL_NOT_FOUND"));
    EXPECT_THAT(s.cancel(eve1), ElementsAre("refused cancel eve1: CALL_NOT_FOUND"));
    EXPECT_THAT(s.end(eve1), ElementsAre("refused end eve1: CALL_NOT_FOUND"));
}

TEST(CallRefusal, AStrangerFindsNothingAfterTheEndAndIsNotTold) {
    teller s;
    s.rings();
    s.cancel(ann1);
    EXPECT_THAT(s.accept(eve1), ElementsAre("refused accept eve1: CALL_NOT_FOUND"));
    EXPECT_THAT(s.end(eve1), ElementsAre("refused end eve1: CALL_NOT_FOUND"));
}

TEST(CallRefusal, TheWrongPartyFindsNothing) {
    teller s;
    s.rings();
    EXPECT_THAT(s.accept(ann1), ElementsAre("refused accept ann1: CALL_NOT_FOUND"));
    EXPECT_THAT(s.reject(ann1), ElementsAre("refused reject ann1: CALL_NOT_FOUND"));
    EXPECT_THAT(s.cancel(bob1), ElementsAre("refused cancel bob1: CALL_NOT_FOUND"));
}

TEST(CallRefusal, ACalleesDeviceInAnotherNamespaceCannotAccept) {
    teller s;
    s.rings();
    EXPECT_THAT(s.accept(device(25, realm::peer)), ElementsAre("refused accept bob5: CALL_NOT_FOUND"));
}

TEST(CallRefusal, ARingingCallCannotBeEnded) { // races.md row 23
    teller s;
    s.rings();
    EXPECT_THAT(s.end(ann1), ElementsAre("refused end ann1: CALL_NOT_ACTIVE"));
    EXPECT_THAT(s.end(bob1), ElementsAre("refused end bob1: CALL_NOT_ACTIVE"));
    EXPECT_EQ(s.machine().status(), call_status::ringing);
}

TEST(CallRefusal, AnAnsweredCallCannotBeRejectedNorAcceptedByAnotherDevice) { // races.md row 12
    teller s;
    s.is_accepted_by(bob1);
    EXPECT_THAT(s.reject(bob2), ElementsAre("refused reject bob2: CALL_NOT_RINGING"));
    EXPECT_THAT(s.accept(bob2), ElementsAre("refused accept bob2: CALL_NOT_RINGING"));
    EXPECT_EQ(s.machine().status(), call_status::accepted);
}

TEST(CallRefusal, AnAcceptOfACallThatIsOverAlsoClearsTheScreen) { // races.md rows 2, 60
    teller s;
    s.rings();
    s.cancel(ann1);
    EXPECT_THAT(s.accept(bob1), ElementsAre("refused accept bob1: CALL_NOT_RINGING", "bob1 <- cancelled cancelled"));
}

TEST(CallRefusal, WhatComesAfterTheEndChangesNothing) { // races.md row 24
    teller s;
    s.rings();
    s.reject(bob1);
    EXPECT_THAT(s.reject(bob2), ElementsAre("refused reject bob2: CALL_NOT_RINGING"));
    EXPECT_THAT(s.cancel(ann1), ElementsAre("refused cancel ann1: CALL_NOT_RINGING"));
    EXPECT_THAT(s.end(ann1), ElementsAre("ok end ann1 0s 0/0"));
    EXPECT_THAT(s.terminate(end_reason::admin), ElementsAre("ok terminate"));
    EXPECT_THAT(s.drops(ann1), IsEmpty());
    EXPECT_THAT(s.joins(bob3), IsEmpty());
    EXPECT_EQ(s.machine().status(), call_status::rejected);
}

TEST(CallRefusal, ARepeatedEndIsAnsweredWithTheFiguresOfTheSendersCall) {
    teller s;
    s.is_accepted_by(bob1).at(7s);
    s.end(ann1);
    s.at(9s);
    EXPECT_THAT(s.end(ann1), ElementsAre("ok end ann1 7s 14/7"));
    EXPECT_THAT(s.end(bob1), ElementsAre("ok end bob1 7s 14/7"));
}

TEST(CallRefusal, TheLimitNeverStopsWhatActsOnTheOwnCall) { // races.md row 27
    {
        teller s;
        s.rings();
        EXPECT_THAT(s.cancel(ann1, over), testing::Contains("ok cancel ann1"));
    }
    {
        teller s;
        s.rings();
        EXPECT_THAT(s.reject(bob1, over), testing::Contains("ok reject bob1"));
    }
    {
        teller s;
        s.rings();
        EXPECT_THAT(s.accept(bob1, over), ElementsAre("record ACCEPTED"));
        EXPECT_THAT(s.written(), testing::Contains("ok accept bob1"));
        EXPECT_THAT(s.accept(bob1, over), testing::Contains("ok accept bob1"));
        EXPECT_THAT(s.end(bob1, over), testing::Contains("ok end bob1 0s 0/0"));
    }
    {
        teller s;
        s.is_accepted_by(bob1);
        EXPECT_THAT(s.cancel(ann1, over), testing::Contains("ok cancel ann1"));
    }
}

TEST(CallRefusal, BeyondTheLimitAUselessEventIsToldOfTheLimit) {
    teller s;
    s.rings();
    EXPECT_THAT(s.accept(ann1, over), ElementsAre("refused accept ann1: RATE_LIMITED"));
    EXPECT_THAT(s.end(ann1, over), ElementsAre("refused end ann1: RATE_LIMITED"));
    EXPECT_THAT(s.cancel(bob1, over), ElementsAre("refused cancel bob1: RATE_LIMITED"));
    s.cancel(ann1);
    EXPECT_THAT(s.cancel(ann1, over), ElementsAre("refused cancel ann1: RATE_LIMITED"));
    EXPECT_THAT(s.end(ann1, over), ElementsAre("refused end ann1: RATE_LIMITED"));
    EXPECT_THAT(s.accept(bob1, over), ElementsAre("refused accept bob1: RATE_LIMITED", "bob1 <- cancelled cancelled"));
}

TEST(CallRefusal, ARequestWithoutATokenGetsNoAnswer) {
    teller s;
    s.rings();
    EXPECT_THAT(s.apply(cancel{{{}, eve, eve1}}), IsEmpty());
    EXPECT_THAT(s.apply(terminate{{}, end_reason::admin}), testing::Not(testing::Contains("ok terminate")));
}
