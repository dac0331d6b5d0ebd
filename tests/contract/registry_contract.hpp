#pragma once

#include "contract/registry_fixture.hpp"

/// What a registry knows of accounts: their devices, their presence, the events and the limits that wait for them.
namespace ringback::contract {

template <typename Harness>
class RegistryContract : public registry_test<Harness> {};

TYPED_TEST_SUITE_P(RegistryContract);

// Devices and presence -----------------------------------------------------------------------------------------------

TYPED_TEST_P(RegistryContract, TheFirstDeviceMakesATelecallerOnlineTheLastOneOffline) {
    EXPECT_THAT(this->words(this->add("bob", this->TELECALLER, this->bob1).changes),
                ElementsAre("bob telecaller ONLINE"));
    EXPECT_THAT(this->add("bob", this->TELECALLER, this->bob2).changes, IsEmpty());
    auto first = this->remove("bob", this->bob1);
    EXPECT_FALSE(first.was_last);
    EXPECT_THAT(first.changes, IsEmpty());
    auto last = this->remove("bob", this->bob2);
    EXPECT_TRUE(last.was_last);
    EXPECT_EQ(last.linger, 0u);
    EXPECT_THAT(this->words(last.changes), ElementsAre("bob telecaller OFFLINE"));
}

TYPED_TEST_P(RegistryContract, AUserHasNoPresenceInTheMarketplace) {
    EXPECT_THAT(this->add("ann", this->USER, this->ann1).changes, IsEmpty());
    EXPECT_EQ(this->presence("ann"), call::presence::offline);
    EXPECT_THAT(this->present(call::realm::telecaller), IsEmpty());
}

TYPED_TEST_P(RegistryContract, OnlineCountsTheDevicesOfItsOwnRealm) {
    EXPECT_THAT(this->words(this->add("bob", this->TELECALLER, this->bob_peer).changes),
                ElementsAre("bob peer ONLINE"));
    EXPECT_EQ(this->presence("bob"), call::presence::offline);
    EXPECT_EQ(this->presence("bob", call::realm::peer), call::presence::online);
}

TYPED_TEST_P(RegistryContract, ADeviceThatIsKnownOrUnknownChangesNothing) {
    this->add("bob", this->TELECALLER, this->bob1);
    EXPECT_THAT(this->add("bob", this->TELECALLER, this->bob1).changes, IsEmpty());
    EXPECT_FALSE(this->remove("bob", this->bob2).was_last);
    EXPECT_FALSE(this->remove("eve", this->bob2).was_last);
    EXPECT_THAT(this->words(this->remove("bob", this->bob1).changes), ElementsAre("bob telecaller OFFLINE"));
}

TYPED_TEST_P(RegistryContract, AnAccountThatDroppedLingersUntilItsTimeIsOver) {
    this->add("bob", this->TELECALLER, this->bob1);
    auto gone = this->remove("bob", this->bob1, 10s);
    EXPECT_TRUE(gone.was_last);
    EXPECT_NE(gone.linger, 0u);
    EXPECT_THAT(gone.changes, IsEmpty());
    EXPECT_EQ(this->presence("bob"), call::presence::online);
    EXPECT_THAT(this->words(this->end_linger("bob", call::realm::telecaller, gone.linger)),
                ElementsAre("bob telecaller OFFLINE"));
    EXPECT_THAT(this->end_linger("bob", call::realm::telecaller, gone.linger), IsEmpty());
}

TYPED_TEST_P(RegistryContract, AChangeToOfflineSaysWhenTheLastDeviceWasLost) {
    this->add("bob", this->TELECALLER, this->bob1);
    this->add("bob", this->TELECALLER, this->bob2);
    this->remove("bob", this->bob1, 0ms, this->at(1s).wall);
    auto gone = this->remove("bob", this->bob2, 10s, this->at(2s).wall);
    auto changes = this->end_linger("bob", call::realm::telecaller, gone.linger);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].last_seen, this->at(2s).wall);
}

TYPED_TEST_P(RegistryContract, TheEndOfAnOldLingerDoesNotCountAgainstWhoCameBack) {
    this->add("bob", this->TELECALLER, this->bob1);
    auto first = this->remove("bob", this->bob1, 10s);
    EXPECT_THAT(this->add("bob", this->TELECALLER, this->bob2).changes, IsEmpty());
    EXPECT_THAT(this->end_linger("bob", call::realm::telecaller, first.linger), IsEmpty());
    auto second = this->remove("bob", this->bob2, 10s);
    EXPECT_THAT(this->end_linger("bob", call::realm::telecaller, first.linger), IsEmpty());
    EXPECT_EQ(this->presence("bob"), call::presence::online);
    EXPECT_THAT(this->words(this->end_linger("bob", call::realm::telecaller, second.linger)),
                ElementsAre("bob telecaller OFFLINE"));
}

TYPED_TEST_P(RegistryContract, Row50LaterChangesHaveHigherVersions) {
    auto on = this->add("bob", this->TELECALLER, this->bob1).changes;
    auto off = this->remove("bob", this->bob1).changes;
    auto again = this->add("bob", this->TELECALLER, this->bob1).changes;
    EXPECT_LT(on.at(0).version, off.at(0).version);
    EXPECT_LT(off.at(0).version, again.at(0).version);
}

TYPED_TEST_P(RegistryContract, ATelecallerThatBecomesAUserIsOfflineInTheMarketplace) {
    this->add("bob", this->TELECALLER, this->bob1);
    EXPECT_THAT(this->words(this->add("bob", this->USER, this->ann1).changes), ElementsAre("bob telecaller OFFLINE"));
}

TYPED_TEST_P(RegistryContract, ListsAndCountsWhoIsThere) {
    this->add("ann", this->USER, this->ann1);
    this->add("ann", this->USER, this->ann2);
    this->add("amy", this->USER, this->amy1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->add("ann", this->USER, this->ann_peer);
    EXPECT_EQ(this->counts(), (ports::presence_counts{2, 1}));
    EXPECT_THAT(this->present(call::realm::telecaller),
                ElementsAre(ports::present_account{this->id("bob"), call::presence::online}));
    EXPECT_THAT(this->present(call::realm::peer),
                ElementsAre(ports::present_account{this->id("ann"), call::presence::online}));
    ASSERT_TRUE(this->claim("ann", "bob", 1));
    this->mark_accepted(1);
    EXPECT_THAT(this->present(call::realm::telecaller),
                ElementsAre(ports::present_account{this->id("bob"), call::presence::on_call}));
    this->release(1);
    this->remove("ann", this->ann1);
    this->remove("ann", this->ann2);
    this->remove("bob", this->bob1);
    EXPECT_EQ(this->counts(), (ports::presence_counts{1, 0}));
    EXPECT_THAT(this->present(call::realm::telecaller), IsEmpty());
}

// Final events that wait ---------------------------------------------------------------------------------------------

TYPED_TEST_P(RegistryContract, ACallThatIsTakenOverHasItsPartiesOnCallBeforeTheyCome) {
    ports::claim_request left{.call = this->call_number(1),
                              .home = this->home(3),
                              .caller = this->id("ann"),
                              .caller_realm = call::realm::user,
                              .callee = this->id("bob"),
                              .callee_realm = call::realm::telecaller};
    auto changes = this->template result_of<ports::taken_over>(
                           [&](auto done) { this->registry().take_over(left, std::move(done)); })
                       .changes;
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].account, this->id("bob"));
    EXPECT_EQ(changes[0].now, call::presence::on_call);

    auto arrived = this->add("bob", call::role::telecaller, this->device(1, call::realm::telecaller));
    EXPECT_THAT(arrived.changes, IsEmpty()) << "still in the call";
    ASSERT_TRUE(arrived.active);
    EXPECT_EQ(*arrived.active, (ports::involvement{this->call_number(1), this->home(3), call::side::callee,
                                                   call::realm::telecaller, true}));
    EXPECT_EQ(this->add("ann", call::role::user, this->device(2, call::realm::user)).active->side, call::side::caller);

    auto released = this->release(1);
    ASSERT_EQ(released.size(), 1u);
    EXPECT_EQ(released[0].now, call::presence::online);
}

TYPED_TEST_P(RegistryContract, ACallThatIsTakenOverNamesThePartiesDevicesThatAreThere) {
    this->add("ann", this->USER, this->ann1);
    this->add("ann", this->USER, this->ann_peer);
    this->add("bob", this->TELECALLER, this->bob1);
    ports::claim_request left{.call = this->call_number(1),
                              .home = this->home(3),
                              .caller = this->id("ann"),
                              .caller_realm = call::realm::user,
                              .callee = this->id("bob"),
                              .callee_realm = call::realm::telecaller};
    auto taken = this->template result_of<ports::taken_over>(
        [&](auto done) { this->registry().take_over(left, std::move(done)); });
    EXPECT_THAT(taken.devices[0], ElementsAre(this->ann1)) << "not the one in another realm";
    EXPECT_THAT(taken.devices[1], ElementsAre(this->bob1));
    EXPECT_THAT(this->words(taken.changes), UnorderedElementsAre("ann peer ON_CALL", "bob telecaller ON_CALL"));
    EXPECT_EQ(this->find(1), this->home(3));
}

TYPED_TEST_P(RegistryContract, AKeptEventGoesToTheFirstDeviceOfItsRealmOnce) {
    this->keep("bob", call::realm::telecaller, 1, this->at(60s), this->at(0s));
    this->keep("bob", call::realm::telecaller, 2, this->at(61s), this->at(1s));
    EXPECT_THAT(this->add("bob", this->TELECALLER, this->bob_peer, this->at(2s)).kept, IsEmpty());
    EXPECT_THAT(this->calls(this->add("bob", this->TELECALLER, this->bob1, this->at(3s)).kept),
                ElementsAre(this->call_number(1), this->call_number(2)));
    EXPECT_THAT(this->add("bob", this->TELECALLER, this->bob2, this->at(4s)).kept, IsEmpty());
}

TYPED_TEST_P(RegistryContract, AKeptEventComesAsItWasKept) {
    this->keep("bob", call::realm::telecaller, 1, this->at(60s), this->at(0s));
    auto kept = this->add("bob", this->TELECALLER, this->bob1, this->at(2s)).kept;
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(kept[0].account, this->id("bob"));
    EXPECT_EQ(kept[0].realm, call::realm::telecaller);
    EXPECT_EQ(kept[0].side, call::side::callee);
    EXPECT_EQ(kept[0].event, "call:missed");
    EXPECT_EQ(kept[0].args, R"([{"callId": "1", "text": "a b"}])");
    EXPECT_EQ(kept[0].until, this->at(60s));
}

TYPED_TEST_P(RegistryContract, AnEventForThosePresentTooNamesTheirDevicesAndIsNotKept) {
    this->add("bob", this->TELECALLER, this->bob1);
    EXPECT_THAT(this->keep("bob", call::realm::telecaller, 1, this->at(60s), this->at(0s), true),
                ElementsAre(this->bob1));
    EXPECT_THAT(this->add("bob", this->TELECALLER, this->bob2, this->at(1s)).kept, IsEmpty());
    EXPECT_THAT(this->keep("bob", call::realm::peer, 2, this->at(60s), this->at(1s), true), IsEmpty());
    EXPECT_THAT(this->calls(this->add("bob", this->TELECALLER, this->bob_peer, this->at(2s)).kept),
                ElementsAre(this->call_number(2)));
}

TYPED_TEST_P(RegistryContract, AKeptEventIsDroppedWhenItsTimeIsOver) {
    this->keep("bob", call::realm::telecaller, 1, this->at(60s), this->at(0s));
    this->keep("bob", call::realm::telecaller, 2, this->at(70s), this->at(10s));
    EXPECT_THAT(this->calls(this->add("bob", this->TELECALLER, this->bob1, this->at(60s)).kept),
                ElementsAre(this->call_number(2)));
}

TYPED_TEST_P(RegistryContract, OnlyTheNewestEventsAreKept) {
    for (std::uint8_t n = 1; n <= 20; ++n)
        this->keep("bob", call::realm::telecaller, n, this->at(60s), this->at(0s));
    auto kept = this->add("bob", this->TELECALLER, this->bob1, this->at(1s)).kept;
    ASSERT_EQ(kept.size(), 8u);
    EXPECT_EQ(kept.front().call, this->call_number(13));
    EXPECT_EQ(kept.back().call, this->call_number(20));
}

// Limits -------------------------------------------------------------------------------------------------------------

TYPED_TEST_P(RegistryContract, LimitsCountPerActionAndSubject) {
    using enum ports::limited_action;
    EXPECT_TRUE(this->attempt(initiate, "ann", 2, this->at(0s)));
    EXPECT_TRUE(this->attempt(initiate, "ann", 2, this->at(1s)));
    EXPECT_FALSE(this->attempt(initiate, "ann", 2, this->at(2s)));
    EXPECT_TRUE(this->attempt(cancel, "ann", 2, this->at(2s)));
    EXPECT_TRUE(this->attempt(initiate, "amy", 2, this->at(2s)));
    EXPECT_TRUE(this->attempt(initiate, "ann", 0, this->at(2s)));
}

REGISTER_TYPED_TEST_SUITE_P(RegistryContract, TheFirstDeviceMakesATelecallerOnlineTheLastOneOffline,
                            AUserHasNoPresenceInTheMarketplace, OnlineCountsTheDevicesOfItsOwnRealm,
                            ADeviceThatIsKnownOrUnknownChangesNothing, AnAccountThatDroppedLingersUntilItsTimeIsOver,
                            AChangeToOfflineSaysWhenTheLastDeviceWasLost,
                            TheEndOfAnOldLingerDoesNotCountAgainstWhoCameBack, Row50LaterChangesHaveHigherVersions,
                            ATelecallerThatBecomesAUserIsOfflineInTheMarketplace, ListsAndCountsWhoIsThere,
                            ACallThatIsTakenOverHasItsPartiesOnCallBeforeTheyCome,
                            ACallThatIsTakenOverNamesThePartiesDevicesThatAreThere,
                            AKeptEventGoesToTheFirstDeviceOfItsRealmOnce, AKeptEventComesAsItWasKept,
                            AnEventForThosePresentTooNamesTheirDevicesAndIsNotKept,
                            AKeptEventIsDroppedWhenItsTimeIsOver, OnlyTheNewestEventsAreKept,
                            LimitsCountPerActionAndSubject);

} // namespace ringback::contract
