// A store that fails or is silent, and events that arrive while it works: contract section 6, promise 1.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;

TEST(CallStore, ACallThatCannotBeStoredIsRefusedAndNobodyRings) {
    teller s;
    s.open();
    EXPECT_THAT(s.failed(), ElementsAre("refused initiate: INTERNAL", "release"));
    EXPECT_TRUE(is_final(s.machine().status()));
}

TEST(CallStore, WhatWasParkedForACallThatFailedIsAnsweredToo) {
    teller s;
    s.open();
    s.cancel(ann1);
    s.terminate(end_reason::admin);
    EXPECT_THAT(s.failed(), ElementsAre("refused initiate: INTERNAL", "release",
                                        "refused cancel ann1: CALL_NOT_RINGING", "ok terminate"));
}

TEST(CallStore, AnAcceptThatCannotBeStoredIsRefusedAndTheCallRingsOn) {
    teller s;
    s.rings();
    s.accept(bob1);
    EXPECT_THAT(s.failed(), ElementsAre("refused accept bob1: INTERNAL"));
    EXPECT_THAT(s.accept(bob2), ElementsAre("record ACCEPTED"));
    EXPECT_THAT(s.written(), testing::Contains("bob1 <- cancelled answered_elsewhere"));
}

TEST(CallStore, TheNextAcceptInLineIsTriedWhenTheFirstCouldNotBeStored) {
    teller s;
    s.rings();
    s.accept(bob1);
    s.accept(bob2);
    s.cancel(ann1);
    EXPECT_THAT(s.failed(), ElementsAre("refused accept bob1: INTERNAL", "record ACCEPTED"));
    EXPECT_THAT(s.written(), testing::IsSupersetOf({"ok accept bob2", "ok cancel ann1"}));
    EXPECT_EQ(s.machine().reason(), end_reason::cancelled_late);
}

TEST(CallStore, ASilentStoreCountsAsFailedAfterASecond) {
    teller s;
    s.open();
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 1s);
    // Nobody knows whether it will be written after all, so a closing follows it.
    EXPECT_THAT(s.deadline(),
                ElementsAre("record MISSED setup_failed 0s 0/0", "refused initiate: INTERNAL", "release"));
    EXPECT_THAT(s.written(), IsEmpty());
}

TEST(CallStore, AFinalStateIsToldAtTheLatestASecondAfterTheStoreFellSilent) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings();
    s.accept(bob1);
    s.cancel(ann1);
    EXPECT_THAT(s.deadline(), ElementsAre("refused accept bob1: INTERNAL", "record CANCELLED cancelled 0s 0/0",
                                          "bob1 <- cancelled cancelled", "ok cancel ann1", "release"));
}

TEST(CallStore, AnAnswerThatComesTooLateIsNotTakenForThatOfALaterRecord) {
    teller s;
    s.rings();
    s.accept(bob1);
    auto first = s.last_record();
    s.deadline();
    s.accept(bob2);
    EXPECT_THAT(s.answer_for(first, recorded::outcome::written), IsEmpty());
    EXPECT_EQ(s.machine().status(), call_status::ringing);
    EXPECT_THAT(s.written(), testing::Contains("ok accept bob2"));
}

TEST(CallStore, AnAnswerBeforeAnythingWasRecordedAgainIsIgnored) {
    teller s;
    s.rings();
    EXPECT_THAT(s.written(), IsEmpty());
    EXPECT_EQ(s.machine().status(), call_status::ringing);
}

TEST(CallStore, AnEndOfTheCallWhileItIsBeingStoredIsNotAnnouncedToTheCallee) {
    teller s;
    s.open();
    s.terminate(end_reason::account_suspended);
    EXPECT_THAT(s.written(), ElementsAre("record MISSED account_suspended 0s 0/0",
                                         "refused initiate: CALLEE_UNAVAILABLE", "ok terminate", "release"));
}

TEST(CallStore, AnAcceptWhileTheCallIsBeingStoredComesAfterTheRinging) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.open();
    s.accept(bob1);
    EXPECT_THAT(s.written(), ElementsAre("ann1 owns caller", "bob1 <- incoming", "ann1 <- ringing", "ok initiate",
                                         "record ACCEPTED"));
}

TEST(CallStore, ARejectWhileTheCallIsBeingStoredComesAfterTheRinging) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.open();
    s.reject(bob1);
    EXPECT_THAT(s.written(), ElementsAre("ann1 owns caller", "bob1 <- incoming", "ann1 <- ringing", "ok initiate",
                                         "record REJECTED rejected 0s 0/0", "ann1 <- rejected rejected",
                                         "ok reject bob1", "release"));
}

TEST(CallStore, AStrangerDoesNotWaitForTheStore) {
    teller s;
    s.open();
    EXPECT_THAT(s.end(eve1), ElementsAre("refused end eve1: CALL_NOT_FOUND"));
}

TEST(CallStore, OnePartysFloodWaitsInVainWithoutKeepingTheOtherOut) {
    teller s{{.max_parked = 2}};
    s.rings();
    s.accept(bob1);
    EXPECT_THAT(s.accept(bob1), IsEmpty());
    EXPECT_THAT(s.accept(bob1), IsEmpty());
    EXPECT_THAT(s.accept(bob1), ElementsAre("refused accept bob1: RATE_LIMITED"));
    EXPECT_THAT(s.failed(), ElementsAre("refused accept bob1: INTERNAL", "record ACCEPTED"));
    EXPECT_THAT(s.accept(bob1), IsEmpty()); // one of the two has had its turn
    EXPECT_THAT(s.accept(bob1), ElementsAre("refused accept bob1: RATE_LIMITED"));
    EXPECT_THAT(s.cancel(ann1), IsEmpty());
    EXPECT_THAT(s.written(), testing::Contains("ok cancel ann1"));
}
