// Calls that were ACCEPTED when their server was lost (contract section 6, promise 3): lost at 10 s, found at 40 s.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;
using testing::Contains;
using testing::Not;

namespace {

constexpr device_ref on_peer(device_ref d) { return {d.socket, realm::peer}; }
device_ref const ann_a = on_peer(ann1), ann_b = on_peer(ann2), bob_a = on_peer(bob1), bob_b = on_peer(bob2);

teller survivor(call_config config = {}, call_setup setup = teller::plain_setup()) {
    return teller::survivor(10s, 40s, config, std::move(setup));
}
teller peers() {
    auto setup = teller::plain_setup();
    setup.caller.realm = setup.callee.realm = realm::peer;
    setup.rates = {};
    call_config config;
    config.reconnect_grace = 30s;
    return survivor(config, setup);
}
teller& both_back(teller& s) {
    s.joins(ann1);
    s.joins(bob1);
    return s;
}

} // namespace

TEST(CallSurvival, WhenNobodyComesBackItEndedWithItsServer) {
    auto s = survivor();
    EXPECT_THAT(s.deadline(),
                ElementsAre("record COMPLETED server_lost 10s 20/10",
                            "keep for caller, who may be back: ended server_lost 10s 20/10",
                            "keep for callee, who may be back: ended server_lost 10s 20/10", "release", "delete room"));
    EXPECT_EQ(s.now().wall - *s.machine().accepted_at(), 70s);
    EXPECT_EQ(*s.machine().ended_at() - *s.machine().accepted_at(), 10s);
}

TEST(CallSurvival, OnePartyAloneDoesNotPayForTheOutage) {
    auto s = survivor();
    EXPECT_THAT(s.at(45s).joins(ann1), ElementsAre("ann1 owns caller"));
    EXPECT_THAT(s.deadline(),
                ElementsAre("record COMPLETED server_lost 10s 20/10", "ann1 <- ended server_lost 10s 20/10",
                            "keep for callee, who may be back: ended server_lost 10s 20/10", "release", "delete room"));
}

TEST(CallSurvival, WithBothBackItGoesOnAndIsBilledThrough) {
    auto s = survivor();
    EXPECT_THAT(s.at(45s).joins(ann1), ElementsAre("ann1 owns caller"));
    EXPECT_THAT(s.at(50s).joins(bob1), ElementsAre("bob1 owns callee", "record resumption"));
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
    EXPECT_THAT(s.at(100s).end(bob1),
                ElementsAre("bob1 owns callee", "record COMPLETED hangup 100s 200/100",
                            "ann1 <- ended hangup 100s 200/100", "ok end bob1 100s 200/100", "release", "delete room"));
}

TEST(CallSurvival, WhoHangsUpBeforeTheOtherIsBackPaysUpToTheLoss) {
    auto s = survivor();
    s.at(45s).joins(ann1);
    EXPECT_THAT(s.at(46s).end(ann1), Contains("ok end ann1 10s 20/10"));
    EXPECT_EQ(s.machine().reason(), end_reason::hangup);
}

TEST(CallSurvival, WhoLeavesForGoodBeforeTheOtherIsBackEndsItAtTheLoss) {
    auto s = survivor();
    s.at(45s).joins(ann1);
    EXPECT_THAT(s.at(46s).leaves(ann1), Contains("record COMPLETED caller_disconnected 10s 20/10"));
}

TEST(CallSurvival, WhoDropsAgainMayComeBackUntilTheGraceEnds) {
    auto s = survivor();
    s.at(45s).joins(ann1);
    EXPECT_THAT(s.at(46s).drops(ann1), IsEmpty()) << "without calls.reconnect_grace";
    EXPECT_THAT(s.at(47s).joins(bob1), ElementsAre("bob1 owns callee")) << "they are not both back";
    EXPECT_THAT(s.at(69s).joins(ann2), ElementsAre("ann2 owns caller", "record resumption"));
}

TEST(CallSurvival, OnceBothWereBackTheUsualRulesHold) {
    auto s = survivor();
    both_back(s);
    EXPECT_THAT(s.at(60s).drops(ann1), Contains("record COMPLETED caller_disconnected 60s 120/60"));
}

TEST(CallSurvival, ItsGraceIsASetting) {
    call_config config;
    config.recovery_grace = 0ms;
    auto s = survivor(config);
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono);
    config.recovery_grace = 5s;
    EXPECT_EQ(survivor(config).machine().next_deadline(), s.now().mono + 5s);
}

TEST(CallSurvival, ASideBelongsToAllDevicesOfTheAccountUntilOneActs) {
    auto s = survivor();
    s.joins(ann1);
    s.joins(bob1);
    EXPECT_THAT(s.joins(bob2), ElementsAre("bob2 owns callee"));
    EXPECT_THAT(s.joins(bob2), IsEmpty()) << "it is known already";
    EXPECT_THAT(s.machine().screens(side::callee), ElementsAre(bob1, bob2));
    EXPECT_THAT(s.drops(bob1), IsEmpty()) << "another device is there";
    s.joins(bob1);
    EXPECT_THAT(s.acts(bob1), ElementsAre("bob2 gives up callee", "bob1 owns callee"));
    EXPECT_THAT(s.acts(bob2), IsEmpty()) << "too late";
    EXPECT_EQ(s.machine().owner(side::callee), bob1);
    EXPECT_THAT(s.at(60s).drops(bob2), IsEmpty());
    EXPECT_THAT(s.drops(bob1), Contains("record COMPLETED callee_disconnected 60s 120/60"));
}

TEST(CallSurvival, EveryDeviceThatSharesASideIsToldOfTheEndButNotTheOneThatActed) {
    auto s = survivor();
    both_back(s).joins(bob2);
    auto told = s.at(60s).end(ann1);
    EXPECT_THAT(told, Contains("bob1 <- ended hangup 60s 120/60"));
    EXPECT_THAT(told, Contains("bob2 <- ended hangup 60s 120/60"));

    auto other = survivor();
    both_back(other).joins(bob2);
    told = other.at(60s).end(bob2);
    EXPECT_THAT(told, Contains("bob1 gives up callee"));
    EXPECT_THAT(told, Not(Contains("bob1 <- ended hangup 60s 120/60")));
}

TEST(CallSurvival, ADeviceWhoseComingIsStillOnItsWayKeepsTheSide) {
    auto s = survivor();
    both_back(s);
    device_left gone{side::callee, bob1, departure::drop, s.now(), {bob2}};
    EXPECT_THAT(s.apply(gone), ElementsAre("bob2 owns callee"));
}

TEST(CallSurvival, Row36WhatMayNotHaveBeenToldIsToldToWhoComesBack) {
    auto s = teller::survivor(400ms, 3s);
    EXPECT_THAT(s.joins(bob1), ElementsAre("bob1 owns callee", "bob1 <- accepted"));
    EXPECT_THAT(s.joins(bob2), ElementsAre("bob2 owns callee")) << "once";
    EXPECT_THAT(s.joins(ann1), ElementsAre("ann1 owns caller", "ann1 <- accepted", "record resumption"));
    EXPECT_THAT(s.accept(bob2),
                ElementsAre("bob1 gives up callee", "bob2 owns callee", "bob2 <- accepted", "ok accept bob2"))
        << "who asks for it gets it again";
}

TEST(CallSurvival, AnAcceptanceAfterTheLastSignOfLifeCostsNothingWhenNobodyComesBack) {
    auto s = teller::survivor(-2s, 30s);
    EXPECT_THAT(s.deadline(), Contains("record COMPLETED server_lost 0s 0/0"));
    EXPECT_EQ(s.machine().ended_at(), s.machine().accepted_at());
}

TEST(CallSurvival, ThePrepaidCutOffAndTheLongestDurationAreArmedAgain) {
    call_config config;
    config.max_duration = 90s;
    auto longest = survivor(config);
    EXPECT_EQ(longest.machine().next_deadline(), longest.now().mono + 30s) << "while they are away the grace alone";
    both_back(longest);
    EXPECT_THAT(longest.deadline(), Contains("record COMPLETED max_duration 90s 180/90"));

    auto setup = teller::plain_setup();
    setup.prepaid_balance = 120;
    auto paid = survivor({}, setup);
    both_back(paid);
    EXPECT_THAT(paid.deadline(), ElementsAre("read balance"));
    EXPECT_THAT(paid.balance_read(120), Contains("record COMPLETED coins_exhausted 60s 120/60"));
}

TEST(CallSurvival, CoinsThatTheOutageUsedUpEndItAtTheSecondThatTheyPayFor) {
    auto setup = teller::plain_setup();
    setup.prepaid_balance = 60;
    auto s = survivor({}, setup);
    s.at(50s).joins(ann1);
    auto told = s.joins(bob1);
    EXPECT_EQ(told.back(), "read balance");
    EXPECT_THAT(s.balance_read(60), Contains("record COMPLETED coins_exhausted 30s 60/30"));
}

TEST(CallSurvival, NobodyPaysBeyondItsCoinsBecauseTheServerWasLostAtThatMoment) {
    auto setup = teller::plain_setup();
    setup.prepaid_balance = 16;
    auto s = survivor({}, setup);
    EXPECT_THAT(s.deadline(), Contains("record COMPLETED server_lost 8s 16/8"));
}

TEST(CallSurvival, ADeviceThatSharedASideOwnsNothingAfterTheEnd) {
    auto s = survivor();
    both_back(s).joins(bob2);
    s.at(60s).end(ann1);
    EXPECT_THAT(s.accept(bob1), ElementsAre("refused accept bob1: CALL_NOT_RINGING", "bob1 <- cancelled hangup"));
    EXPECT_THAT(s.acts(bob1), IsEmpty());
}

TEST(CallSurvival, APeerIsBackWhenItSaysSo) {
    auto s = peers();
    EXPECT_THAT(s.at(41s).joins(ann_a), IsEmpty());
    EXPECT_THAT(s.resumes(ann_a, {}), ElementsAre("ann1 owns caller", "ok resume ann1 resumed caller",
                                                  "deliver kept caller", "ann1 <- reconnecting 29000"));
    EXPECT_THAT(s.at(42s).resumes(bob_a, {}),
                ElementsAre("bob1 owns callee", "ok resume bob1 resumed callee", "deliver kept callee",
                            "ann1 <- reconnected", "record resumption"));
    EXPECT_EQ(s.machine().next_deadline(), std::nullopt);
}

TEST(CallSurvival, EachDeviceOfAPeerMayComeBackAndTheFirstThatActsGoesOn) {
    auto s = peers();
    s.resumes(bob_a, {});
    s.resumes(ann_b, {});
    EXPECT_THAT(s.resumes(ann_a, {}),
                ElementsAre("ann1 owns caller", "ok resume ann1 resumed caller", "deliver kept caller"));
    EXPECT_THAT(s.acts(ann_a),
                ElementsAre("ann2 <- cancelled answered_elsewhere", "ann2 gives up caller", "ann1 owns caller"));
    EXPECT_THAT(s.resumes(ann_b, {}), ElementsAre("refused resume ann2: CALL_NOT_FOUND"));
}

TEST(CallSurvival, APeerThatDropsAgainIsWaitedForAsLongAsTheFirstTime) {
    auto s = peers();
    s.at(41s).resumes(ann_a, {});
    s.at(42s).drops(ann_a);
    EXPECT_EQ(s.machine().next_deadline(), s.now().mono + 28s);
    EXPECT_THAT(s.deadline(), Contains("record COMPLETED server_lost 10s 0/0"));
}

TEST(CallSurvival, AnAdminEndsItWhereTheOutageBegan) {
    auto s = survivor();
    EXPECT_THAT(s.terminate(end_reason::admin), Contains("record COMPLETED admin 10s 20/10"));
}
