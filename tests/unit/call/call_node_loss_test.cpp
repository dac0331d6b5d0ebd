// One node of several is lost (contract section 6, promise 3): that of a party, or that of the call itself.
#include "call_story.hpp"

using namespace ringback;
using namespace ringback::call;
using namespace ringback::call::story;
using testing::Contains;
using testing::Not;

namespace {

moment ago(teller const& s, std::chrono::milliseconds t) { return {s.now().mono - t, s.now().wall - t}; }

constexpr device_ref on_peer(device_ref d) { return {d.socket, realm::peer}; }
device_ref const ann_a = on_peer(ann1), bob_a = on_peer(bob1), bob_b = on_peer(bob2);

teller peers() {
    auto setup = teller::plain_setup();
    setup.caller.realm = setup.callee.realm = realm::peer;
    setup.caller_device = ann_a;
    setup.rates = {};
    call_config config;
    config.reconnect_grace = 30s;
    return teller{config, setup, {bob_a}};
}

} // namespace

TEST(CallNodeLoss, ACallThatRangOnlyThereIsMissed) {
    teller s{{}, teller::plain_setup(), {bob1}};
    s.rings().at(12s);
    EXPECT_THAT(s.is_lost(bob1, ago(s, 10s)),
                ElementsAre("record MISSED server_lost 0s 0/0", "ann1 <- missed server_lost",
                            "keep for callee: missed server_lost", "release"));
}

TEST(CallNodeLoss, ItRingsOnWhereTheCalleeHasAnotherDevice) {
    teller s;
    s.rings().at(12s);
    EXPECT_THAT(s.is_lost(bob1, ago(s, 10s)), IsEmpty());
    EXPECT_THAT(s.is_lost(bob2, ago(s, 10s), {bob3}), ElementsAre("bob3 <- incoming"));
    EXPECT_EQ(s.machine().status(), call_status::ringing);
}

TEST(CallNodeLoss, APartyOfAnAcceptedCallMayComeBackWithinTheRecoveryGraceAndNothingWasLost) {
    teller s;
    s.is_accepted_by(bob1).at(20s);
    EXPECT_THAT(s.is_lost(bob1, ago(s, 10s)), IsEmpty());
    EXPECT_THAT(s.at(40s).joins(bob2), ElementsAre("bob2 owns callee", "record resumption"));
    EXPECT_THAT(s.at(60s).end(ann1), Contains("record COMPLETED hangup 60s 120/60"));
}

TEST(CallNodeLoss, APartyThatWasBackBeforeTheLossWasNoticedIsBack) {
    teller s;
    s.is_accepted_by(bob1).at(5s);
    EXPECT_THAT(s.joins(bob2), IsEmpty()) << "nobody misses anybody yet";
    s.at(20s);
    EXPECT_THAT(s.is_lost(bob1, ago(s, 16s), {bob2}), ElementsAre("bob2 owns callee", "record resumption"));
}

TEST(CallNodeLoss, APartyThatWasBackBeforeTheLossWasHeardOfIsBackWhoeverCountedItsDevicesTooEarly) {
    teller s;
    s.is_accepted_by(bob1).at(5s);
    EXPECT_THAT(s.joins(bob2), IsEmpty());
    EXPECT_THAT(s.joins(bob3), IsEmpty());
    EXPECT_THAT(s.drops(bob3), IsEmpty());
    s.at(20s);
    EXPECT_THAT(s.is_lost(bob1, ago(s, 16s)), ElementsAre("bob2 owns callee", "record resumption"));
}

TEST(CallNodeLoss, WhoDoesNotComeBackEndedItWhenItsNodeWasLost) {
    teller s;
    s.is_accepted_by(bob1).at(20s);
    (void)s.is_lost(bob1, ago(s, 10s));
    EXPECT_THAT(s.deadline(),
                ElementsAre("record COMPLETED server_lost 10s 20/10", "ann1 <- ended server_lost 10s 20/10",
                            "keep for callee, who may be back: ended server_lost 10s 20/10", "release", "delete room"));
}

TEST(CallNodeLoss, WhoHangsUpMeanwhilePaysUpToTheLoss) {
    teller s;
    s.is_accepted_by(bob1).at(20s);
    (void)s.is_lost(bob1, ago(s, 10s));
    auto const told = s.at(25s).end(ann1);
    EXPECT_THAT(told, Contains("record COMPLETED hangup 10s 20/10"));
    EXPECT_THAT(told, Contains("keep for callee, who may be back: ended hangup 10s 20/10"));
}

TEST(CallNodeLoss, APeerIsToldThatTheOtherIsReconnectingAndComesBackOnRequest) {
    auto s = peers();
    s.is_accepted_by(bob_a).at(20s);
    EXPECT_THAT(s.is_lost(bob_a, ago(s, 10s)), ElementsAre("ann1 <- reconnecting 30000"));
    EXPECT_THAT(s.joins(bob_b), IsEmpty()) << "the app has to say that it can go on";
    EXPECT_THAT(s.at(25s).resumes(bob_b, {}), Contains("ann1 <- reconnected"));
    EXPECT_THAT(s.at(30s).end(ann_a), Contains("record COMPLETED hangup 30s 0/0"));
}

TEST(CallNodeLoss, ADeviceOfAnotherNodeIsReplacedByWhoShowsItsSession) {
    auto s = peers();
    s.is_accepted_by(bob_a).at(5s);
    device_ref const moved{{{7, 0}, 0, 23}, realm::peer};
    call::resume wanted;
    wanted.account = bob;
    wanted.device = bob_b;
    wanted.instead_of_node = 9;
    EXPECT_THAT(s.apply(wanted), Not(Contains("bob2 owns callee"))) << "nobody of that node has a side";
    (void)s.resumes(moved, bob_a);
    ASSERT_EQ(s.machine().owner(side::callee), moved);
    wanted.instead_of_node = 7;
    (void)s.apply(wanted);
    EXPECT_EQ(s.machine().owner(side::callee), bob_b);
}

TEST(CallNodeLoss, DevicesThatHadTheirSidesAtTheFormerHomeHaveThemAtTheNewOne) {
    auto setup = teller::plain_setup();
    setup.caller.realm = setup.callee.realm = realm::peer;
    auto s = teller::survivor(10s, 12s, {}, setup);
    EXPECT_THAT(s.stayed(ann_a), ElementsAre("ann1 owns caller"));
    EXPECT_THAT(s.stayed(bob_a), ElementsAre("bob1 owns callee", "record resumption"));
    EXPECT_THAT(s.stayed(bob_b), IsEmpty()) << "the side has an owner";
}
