// What a media server says of a call's room, and what that means for the call.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;
using testing::Contains;
using hint = teller::hint;

namespace {

constexpr auto caller = side::caller, callee = side::callee;

call_config watched(std::chrono::milliseconds join_timeout = 0ms) {
    call_config c;
    c.media = media_config{.join_timeout = join_timeout, .away_grace = 30s};
    return c;
}

struct talking : teller {
    explicit talking(call_config c = watched()) : teller{c} { is_accepted_by(bob1); }

    /// Both are in the room from 2 s on.
    talking& with_media() {
        at(1s).hears(hint::joined, caller);
        at(2s).hears(hint::joined, callee);
        return *this;
    }
};

} // namespace

TEST(CallMedia, BeginsWhenTheSecondPartyHasJoinedAndIsRecordedOnce) {
    talking s;
    EXPECT_THAT(s.at(1s).hears(hint::joined, callee), IsEmpty());
    EXPECT_THAT(s.at(3s).hears(hint::joined, caller), ElementsAre("media began at 3000 ms"));
    EXPECT_THAT(s.at(4s).hears(hint::joined, caller), IsEmpty());
    EXPECT_EQ(s.machine().status(), call_status::accepted);
}

TEST(CallMedia, BeginsNeitherBeforeTheAcceptanceNorInTheFuture) {
    talking s;
    auto joined = [&](side who, std::chrono::seconds off) {
        return s.apply(media_hint{hint::joined, who, "first", s.now().wall + off});
    };
    s.at(2s);
    joined(caller, -3600s);
    EXPECT_THAT(joined(callee, 3600s), ElementsAre("media began at 2000 ms"));
}

TEST(CallMedia, NeedsNoMediaServer) {
    talking s{call_config{}};
    EXPECT_THAT(s.at(1s).hears(hint::left, caller), IsEmpty());
    EXPECT_THAT(s.hears(hint::room_finished, caller), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, APartyThatLeftIsAskedForAndEndsTheCallAfterTheGrace) {
    talking s;
    s.with_media();
    EXPECT_THAT(s.at(10s).hears(hint::left, callee), ElementsAre("ask media"));
    EXPECT_THAT(s.at(10100ms).room_has("first", ""), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), s.at(40s).now().mono);
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    // Billed until it left: nobody talked to anybody since.
    EXPECT_THAT(s.room_has("first", ""),
                ElementsAre("record COMPLETED room_finished 10s 20/10", "ann1 <- ended room_finished 10s 20/10",
                            "bob1 <- ended room_finished 10s 20/10", "release", "delete room"));
}

TEST(CallMedia, APartyThatComesBackWithinTheGraceGoesOn) {
    talking s;
    s.with_media();
    s.at(10s).hears(hint::left, callee);
    s.room_has("first", "");
    EXPECT_THAT(s.at(20s).hears(hint::joined, callee, "second"), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", "second"), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, APartyWhoseReturnWasNotToldIsFoundWhenTheGraceIsOver) {
    talking s;
    s.with_media();
    s.at(10s).hears(hint::left, callee);
    s.room_has("first", "");
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", "second"), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, Row44ALateJoinDoesNotHideThatThePartyHasLeft) {
    talking s;
    s.at(1s).hears(hint::joined, caller);
    EXPECT_THAT(s.at(2s).hears(hint::left, callee), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", ""), IsEmpty());
    EXPECT_THAT(s.at(3s).hears(hint::joined, callee), ElementsAre("ask media")); // of the connection that has ended
    EXPECT_THAT(s.room_has("first", ""), IsEmpty());
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", ""), Contains("record COMPLETED room_finished 2s 4/2"));
}

TEST(CallMedia, Row45TheSameHintTwiceIsAskedAboutAndChangesNothing) {
    talking s;
    s.with_media();
    s.at(10s).hears(hint::left, callee);
    s.room_has("first", "");
    EXPECT_THAT(s.at(12s).hears(hint::left, callee), ElementsAre("ask media"));
    s.room_has("first", "");
    EXPECT_EQ(s.machine().next_deadline(), s.at(40s).now().mono) << "the grace began with the first";
}

TEST(CallMedia, Row46AFinishedRoomWithPeopleInItGoesOn) {
    talking s;
    s.with_media();
    EXPECT_THAT(s.at(5s).hears(hint::room_finished, caller), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", "first"), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, Row46AFinishedRoomThatIsEmptyEndsTheCallAtOnce) {
    talking s;
    s.with_media();
    s.at(4s).hears(hint::left, caller);
    s.room_has("", "first");
    EXPECT_THAT(s.at(9s).hears(hint::room_finished, caller), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("", ""), Contains("record COMPLETED room_finished 4s 8/4"));
}

TEST(CallMedia, Row49ADeviceMoveIsNoHangUp) {
    talking s;
    s.with_media();
    EXPECT_THAT(s.at(5s).hears(hint::joined, callee, "second"), IsEmpty());
    EXPECT_THAT(s.hears(hint::left, callee, "first"), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", "second"), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, ARemovedPartyEndsTheCallWithoutAGrace) {
    talking s;
    s.with_media();
    EXPECT_THAT(s.at(5s).hears(hint::removed, callee), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", ""), Contains("record COMPLETED room_finished 5s 10/5"));
}

TEST(CallMedia, AListThatStillHasTheConnectionThatLeftIsAskedAgain) {
    talking s;
    s.with_media();
    s.at(5s).hears(hint::removed, callee);
    EXPECT_THAT(s.room_has("first", "first"), IsEmpty());
    EXPECT_EQ(s.machine().next_deadline(), s.at(6s).now().mono);
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", ""), Contains("record COMPLETED room_finished 5s 10/5"));
}

TEST(CallMedia, AListThatNeverAgreesWithTheHintIsBelievedInTheEnd) {
    talking s;
    s.with_media();
    s.at(5s).hears(hint::removed, callee);
    s.room_has("first", "first");
    for (int i = 0; i < 30; ++i) {
        ASSERT_THAT(s.deadline(), ElementsAre("ask media"));
        ASSERT_THAT(s.room_has("first", "first"), IsEmpty());
    }
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, AMediaServerThatCannotBeAskedIsAskedAgainAndNeverEndsTheCall) {
    talking s;
    s.with_media();
    s.at(10s).hears(hint::left, callee);
    for (auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        auto before = s.now();
        ASSERT_THAT(s.media_server_is_away(), IsEmpty());
        ASSERT_THAT(s.deadline(), ElementsAre("ask media"));
        ASSERT_EQ(s.now().mono - before.mono, wait);
    }
    EXPECT_THAT(s.room_has("first", ""), Contains("record COMPLETED room_finished 10s 20/10"));
}

TEST(CallMedia, AHangUpWaitsForNoAnswer) { // races.md row 48
    talking s;
    s.with_media();
    s.at(10s).hears(hint::left, callee);
    EXPECT_THAT(s.at(11s).end(ann1), Contains("record COMPLETED hangup 11s 22/11"));
    EXPECT_THAT(s.room_has("", ""), IsEmpty());
}

TEST(CallMedia, OneQuestionAtATimeAndWhatComesMeanwhileIsAskedNext) {
    talking s;
    s.with_media();
    EXPECT_THAT(s.at(10s).hears(hint::left, callee), ElementsAre("ask media"));
    EXPECT_THAT(s.at(11s).hears(hint::removed, caller), IsEmpty());
    // What was asked at 10 s knows nothing of 11 s.
    EXPECT_THAT(s.at(12s).room_has("first", "second"), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("", "second"), Contains("record COMPLETED room_finished 11s 22/11"));
}

TEST(CallMedia, AnAnswerThatNobodyWaitsForIsIgnored) {
    talking s;
    s.with_media();
    EXPECT_THAT(s.room_has("", ""), IsEmpty());
}

TEST(CallMedia, Row15APartyThatNeverReachesTheMediaEndsTheCallForNothing) {
    talking s{watched(10s)};
    s.at(1s).hears(hint::joined, caller);
    EXPECT_EQ(s.machine().next_deadline(), s.at(10s).now().mono);
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", ""),
                ElementsAre("record COMPLETED setup_failed 10s 0/0", "ann1 <- ended setup_failed 10s 0/0",
                            "bob1 <- ended setup_failed 10s 0/0", "release", "delete room"));
}

TEST(CallMedia, APartyWhoseJoinWasNotToldIsFoundAtTheJoinTimeout) {
    talking s{watched(10s)};
    s.at(1s).hears(hint::joined, caller);
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", "first"), ElementsAre("media began at 10000 ms"));
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, TheJoinTimeoutIsOverWhenBothHaveJoined) {
    talking s{watched(10s)};
    s.with_media();
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallMedia, TheJoinTimeoutWaitsForAMediaServerThatCannotBeAsked) {
    talking s{watched(10s)};
    s.deadline();
    s.media_server_is_away();
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("", ""), Contains("record COMPLETED setup_failed 10s 0/0"));
}

TEST(CallMedia, APartyWithinItsOwnGraceIsNotMissedInTheMediaToo) {
    auto config = watched();
    config.reconnect_grace = 60s;
    talking s{config};
    s.with_media();
    s.at(5s).drops(bob1);
    s.hears(hint::left, callee);
    s.room_has("first", "");
    EXPECT_THAT(s.deadline(), ElementsAre("ask media")); // 35 s
    EXPECT_THAT(s.room_has("first", ""), IsEmpty());
    s.at(50s).joins(bob2); // and has its grace to reach the media again
    EXPECT_EQ(s.machine().next_deadline(), s.at(80s).now().mono);
    EXPECT_THAT(s.deadline(), ElementsAre("ask media"));
    EXPECT_THAT(s.room_has("first", ""), Contains("record COMPLETED room_finished 5s 10/5"));
}

TEST(CallMedia, Row47ARoomThatComesToLifeAgainIsDeletedAgain) {
    talking s;
    s.with_media();
    s.at(5s).end(ann1);
    EXPECT_THAT(s.at(6s).hears(hint::left, callee), IsEmpty());
    EXPECT_THAT(s.hears(hint::room_finished, callee), IsEmpty());
    EXPECT_THAT(s.at(7s).hears(hint::joined, callee, "again"), ElementsAre("delete room"));
}

TEST(CallMedia, IsNotWatchedWhileItRings) {
    teller s{watched(10s)};
    s.rings();
    EXPECT_THAT(s.at(1s).hears(hint::joined, caller), IsEmpty());
    EXPECT_THAT(s.hears(hint::left, caller), IsEmpty());
    EXPECT_THAT(s.cancel(ann1), testing::Not(Contains("delete room")));
    EXPECT_THAT(s.hears(hint::joined, caller), IsEmpty());
}
