#pragma once

#include "contract/registry_fixture.hpp"

/// What a registry knows of calls: who gets one, how it lives, and that it is found.
namespace ringback::contract {

template <typename Harness>
class RegistryCallContract : public registry_test<Harness> {};

TYPED_TEST_SUITE_P(RegistryCallContract);

// Claims -------------------------------------------------------------------------------------------------------------

TYPED_TEST_P(RegistryCallContract, AClaimGivesTheDevicesThatWillRingAndMakesBothParties) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->add("bob", this->TELECALLER, this->bob2);
    this->add("bob", this->TELECALLER, this->bob_peer);
    auto won = this->claim("ann", "bob", 1);
    ASSERT_TRUE(won);
    EXPECT_THAT(won->callee_devices, UnorderedElementsAre(this->bob1, this->bob2));
    ports::involvement as_caller{this->call_number(1), this->home(), call::side::caller, call::realm::user, false};
    ports::involvement as_callee{this->call_number(1), this->home(), call::side::callee, call::realm::telecaller,
                                 false};
    EXPECT_EQ(this->active("ann"), as_caller);
    EXPECT_EQ(this->active("bob"), as_callee);
    EXPECT_EQ(this->find(1), this->home());
    EXPECT_EQ(this->find(2), std::nullopt);
    EXPECT_EQ(this->presence("bob"), call::presence::online); // ON_CALL only when accepted
}

TYPED_TEST_P(RegistryCallContract, RefusalsComeInTheOrderOfTheContract) {
    using enum call::refusal_code;
    this->add("ann", this->USER, this->ann1);
    this->add("amy", this->USER, this->amy1);
    auto dan1 = this->device(41, call::realm::telecaller);
    // Each state below violates every check from there on, and the first of them is named.
    this->add("dan", this->TELECALLER, dan1);
    ASSERT_TRUE(this->claim("ann", "dan", 1));

    EXPECT_EQ(this->claim("ann", "bob", 9, false).error(), callee_offline);

    this->add("bob", this->TELECALLER, this->bob1);
    ASSERT_TRUE(this->claim("amy", "bob", 2));
    this->mark_accepted(2);
    this->remove("bob", this->bob1, 10s);
    EXPECT_EQ(this->claim("ann", "bob", 9, false).error(), callee_busy); // ON_CALL, even without a device
    this->release(2);

    EXPECT_EQ(this->claim("ann", "bob", 9, false).error(), callee_unavailable); // lingers

    this->add("bob", this->TELECALLER, this->bob1);
    ASSERT_TRUE(this->claim("amy", "bob", 3));
    EXPECT_EQ(this->claim("ann", "bob", 9, false).error(), already_in_call);
    this->release(1);

    EXPECT_EQ(this->claim("ann", "bob", 9, false).error(), callee_busy); // races.md row 8: it rings already
    this->release(3);

    EXPECT_EQ(this->claim("ann", "bob", 9, false).error(), insufficient_coins);
    EXPECT_TRUE(this->claim("ann", "bob", 9, true));
}

TYPED_TEST_P(RegistryCallContract, ARefusedClaimHoldsNothing) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    ASSERT_FALSE(this->claim("ann", "bob", 1, false));
    EXPECT_EQ(this->active("ann"), std::nullopt);
    EXPECT_EQ(this->active("bob"), std::nullopt);
    EXPECT_EQ(this->find(1), std::nullopt);
}

TYPED_TEST_P(RegistryCallContract, Row6OfTwoCallersWhoRaceForOneCalleeOneWins) {
    this->add("ann", this->USER, this->ann1);
    this->add("amy", this->USER, this->amy1);
    this->add("bob", this->TELECALLER, this->bob1);
    std::vector<typename TestFixture::outcome> outcomes;
    for (auto [caller, number] : {std::pair{"ann", 1}, std::pair{"amy", 2}}) {
        ports::claim_request r{.call = this->call_number(static_cast<std::uint8_t>(number)),
                               .home = this->home(0),
                               .caller = this->id(caller),
                               .callee = this->id("bob")};
        this->registry().claim(std::move(r), [&](auto o) { outcomes.push_back(std::move(o)); });
    }
    this->harness_.wait([&] { return outcomes.size() == 2; });
    ASSERT_NE(outcomes[0].has_value(), outcomes[1].has_value());
    EXPECT_EQ((outcomes[0] ? outcomes[1] : outcomes[0]).error(), call::refusal_code::callee_busy);
}

TYPED_TEST_P(RegistryCallContract, Row5OneCallerOnTwoDevicesGetsOneCall) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    EXPECT_TRUE(this->claim("ann", "bob", 1));
    EXPECT_EQ(this->claim("ann", "bob", 2).error(), call::refusal_code::already_in_call);
}

TYPED_TEST_P(RegistryCallContract, ADeviceThatComesOrGoesDuringACallLearnsOfIt) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    EXPECT_EQ(this->add("bob", this->TELECALLER, this->bob1).active, std::nullopt);
    this->claim("ann", "bob", 1);
    auto came = this->add("bob", this->TELECALLER, this->bob2).active;
    ASSERT_TRUE(came);
    EXPECT_EQ(came->call, this->call_number(1));
    EXPECT_EQ(came->side, call::side::callee);
    auto gone = this->remove("bob", this->bob2);
    EXPECT_EQ(gone.active, came);
    EXPECT_THAT(gone.remaining, ElementsAre(this->bob1));
    EXPECT_EQ(this->remove("ann", this->ann1).active->side, call::side::caller);
    this->release(1);
    EXPECT_EQ(this->remove("bob", this->bob1).active, std::nullopt);
}

// The life of a call -------------------------------------------------------------------------------------------------

TYPED_TEST_P(RegistryCallContract, AnAcceptedCallShowsEverywhereUntilItIsReleased) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    EXPECT_THAT(this->words(this->mark_accepted(1)), UnorderedElementsAre("bob telecaller ON_CALL"))
        << "who talks elsewhere does not come to `/`";
    EXPECT_TRUE(this->active("bob")->is_accepted);
    EXPECT_THAT(this->mark_accepted(1), IsEmpty());
    EXPECT_THAT(this->words(this->release(1)), UnorderedElementsAre("bob telecaller ONLINE"));
    EXPECT_EQ(this->active("ann"), std::nullopt);
    EXPECT_THAT(this->release(1), IsEmpty());
}

TYPED_TEST_P(RegistryCallContract, APeerIsThereWithADeviceOfItsOwnRealmAndOnCallWhileItTalks) {
    using present = ports::present_account;
    this->add("ann", this->USER, this->ann1);
    this->add("ann", this->USER, this->ann_peer);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    EXPECT_THAT(this->words(this->mark_accepted(1)),
                UnorderedElementsAre("ann peer ON_CALL", "bob telecaller ON_CALL"));
    EXPECT_THAT(this->present_among({this->id("ann"), this->id("bob"), this->id("eve")}),
                ElementsAre(present{this->id("ann"), call::presence::on_call}));
    EXPECT_EQ(this->presence("bob", call::realm::peer), call::presence::on_call) << "to who would call it";
    EXPECT_EQ(this->claim_peers("eve", "bob", 2).error(), call::refusal_code::callee_busy);
    EXPECT_THAT(this->words(this->remove("ann", this->ann_peer).changes), ElementsAre("ann peer OFFLINE"));
}

TYPED_TEST_P(RegistryCallContract, Row18APeerThatCallsWhoIsCallingItIsShownThatCall) {
    auto bob = this->bob_peer;
    this->add("ann", this->USER, this->ann_peer);
    this->add("bob", this->USER, bob);
    ASSERT_TRUE(this->claim_peers("ann", "bob", 1));
    auto crossing = this->claim_peers("bob", "ann", 2).value().crossing.value();
    EXPECT_EQ(crossing.call, this->call_number(1));
    EXPECT_EQ(crossing.home, this->home());
    EXPECT_EQ(this->find(2), std::nullopt) << "nothing was claimed";
    EXPECT_EQ(this->claim_peers("ann", "bob", 3).error(), call::refusal_code::already_in_call);
    this->mark_accepted(1);
    EXPECT_EQ(this->claim_peers("bob", "ann", 4).error(), call::refusal_code::callee_busy);
}

TYPED_TEST_P(RegistryCallContract, Row50WhoLostItsDevicesDuringTheCallIsOfflineAfterIt) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    this->mark_accepted(1);
    EXPECT_THAT(this->remove("bob", this->bob1).changes, IsEmpty());
    EXPECT_EQ(this->presence("bob"), call::presence::on_call);
    EXPECT_THAT(this->words(this->release(1)), testing::Contains("bob telecaller OFFLINE"));
}

TYPED_TEST_P(RegistryCallContract, ACallIsFoundUntilItIsForgotten) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    this->release(1);
    EXPECT_EQ(this->find(1), this->home());
    EXPECT_TRUE(this->claim("ann", "bob", 2)); // the parties are free meanwhile
    EXPECT_THAT(this->forget(1), IsEmpty());
    EXPECT_EQ(this->find(1), std::nullopt);
    EXPECT_EQ(this->active("ann")->call, this->call_number(2));
    EXPECT_THAT(this->forget(1), IsEmpty());
}

TYPED_TEST_P(RegistryCallContract, ForgettingACallThatWasNotReleasedFreesItsParties) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    this->mark_accepted(1);
    EXPECT_THAT(this->words(this->forget(1)), testing::Contains("bob telecaller ONLINE"));
    EXPECT_EQ(this->active("bob"), std::nullopt);
}

TYPED_TEST_P(RegistryCallContract, AReleaseOfAnOldCallLeavesTheNextOneAlone) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    this->release(1);
    this->claim("ann", "bob", 2);
    EXPECT_THAT(this->release(1), IsEmpty());
    EXPECT_THAT(this->mark_accepted(1), IsEmpty());
    EXPECT_EQ(this->active("bob")->call, this->call_number(2));
    EXPECT_FALSE(this->active("bob")->is_accepted);
}

TYPED_TEST_P(RegistryCallContract, AReleaseIsAgreedAsOftenAsItIsTriedUntilTheCallIsForgotten) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    EXPECT_TRUE(this->try_release(1).is_agreed);
    EXPECT_TRUE(this->try_release(1).is_agreed);
    this->forget(1);
    EXPECT_FALSE(this->try_release(1).is_agreed);
}

REGISTER_TYPED_TEST_SUITE_P(RegistryCallContract, AClaimGivesTheDevicesThatWillRingAndMakesBothParties,
                            RefusalsComeInTheOrderOfTheContract, ARefusedClaimHoldsNothing,
                            Row6OfTwoCallersWhoRaceForOneCalleeOneWins, Row5OneCallerOnTwoDevicesGetsOneCall,
                            ADeviceThatComesOrGoesDuringACallLearnsOfIt, AnAcceptedCallShowsEverywhereUntilItIsReleased,
                            APeerIsThereWithADeviceOfItsOwnRealmAndOnCallWhileItTalks,
                            Row18APeerThatCallsWhoIsCallingItIsShownThatCall,
                            Row50WhoLostItsDevicesDuringTheCallIsOfflineAfterIt, ACallIsFoundUntilItIsForgotten,
                            ForgettingACallThatWasNotReleasedFreesItsParties, AReleaseOfAnOldCallLeavesTheNextOneAlone,
                            AReleaseIsAgreedAsOftenAsItIsTriedUntilTheCallIsForgotten);

} // namespace ringback::contract
