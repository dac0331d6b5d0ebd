#pragma once

#include "ports/call_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What every implementation of ports::call_registry must do. A registry joins with
///
///     struct my_harness {
///         ports::call_registry& registry();          // fresh and empty for each harness
///         std::uint32_t node();                      // the number of the node that asks
///         template <class Ready> void wait(Ready);   // returns when ready(), or fails the test after a deadline
///     };
///     INSTANTIATE_TYPED_TEST_SUITE_P(My, RegistryContract, my_harness);
namespace ringback::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

template <typename Harness>
class RegistryContract : public testing::Test {
protected:
    using outcome = std::expected<ports::claimed, call::refusal_code>;

    static account_id id(std::string_view text) { return *account_id::parse(text); }
    static call_id call_number(std::uint8_t n) {
        call_id::bytes b{};
        b[11] = n;
        return call_id{b};
    }
    call::device_ref device(std::uint64_t n, call::realm where) { return {{{harness_.node(), 0}, 0, n}, where}; }
    place home(std::uint32_t shard = 7) { return {harness_.node(), shard}; }
    static moment at(std::chrono::milliseconds t) { return moment{mono_time{1000s}, wall_time{1'800'000'000s}} + t; }

    /// Runs one operation to its completion.
    template <typename Result, typename Operation>
    Result result_of(Operation operation) {
        std::optional<Result> result;
        operation([&result](Result r) { result = std::move(r); });
        harness_.wait([&] { return result.has_value(); });
        return std::move(result).value();
    }
    /// Of one that the nodes have to agree about: they do.
    template <typename Result, typename Operation>
    Result agreed_result_of(Operation operation) {
        return result_of<ports::agreed<Result>>(std::move(operation)).value();
    }

    ports::arrival add(std::string_view who, call::role role, call::device_ref d, moment now = at(0ms)) {
        return agreed_result_of<ports::arrival>(
            [&](auto done) { registry().add_device(id(who), role, d, now, std::move(done)); });
    }
    ports::departed remove(std::string_view who, call::device_ref d, std::chrono::milliseconds linger = 0ms,
                           wall_time lost_at = at(0ms).wall) {
        return result_of<ports::departed>(
            [&](auto done) { registry().remove_device(id(who), d, linger, lost_at, std::move(done)); });
    }
    ports::presence_changes end_linger(std::string_view who, call::realm realm, std::uint64_t linger) {
        return result_of<ports::presence_changes>(
            [&](auto done) { registry().end_linger(id(who), realm, linger, std::move(done)); });
    }
    outcome claim(std::string_view caller, std::string_view callee, std::uint8_t number, bool can_afford = true) {
        ports::claim_request r{.call = call_number(number),
                               .home = home(),
                               .caller = id(caller),
                               .caller_realm = call::realm::user,
                               .callee = id(callee),
                               .callee_realm = call::realm::telecaller,
                               .can_afford = can_afford};
        return result_of<outcome>([&](auto done) { registry().claim(std::move(r), std::move(done)); });
    }
    ports::presence_changes mark_accepted(std::uint8_t number) {
        return result_of<ports::presence_changes>(
            [&](auto done) { registry().mark_accepted(call_number(number), std::move(done)); });
    }
    ports::released try_release(std::uint8_t number) {
        return result_of<ports::released>([&](auto done) { registry().release(call_number(number), std::move(done)); });
    }
    ports::presence_changes release(std::uint8_t number) { return try_release(number).changes; }
    ports::presence_changes forget(std::uint8_t number) {
        return result_of<ports::presence_changes>(
            [&](auto done) { registry().forget_call(call_number(number), std::move(done)); });
    }
    std::optional<place> find(std::uint8_t number) {
        return agreed_result_of<std::optional<place>>(
            [&](auto done) { registry().find_call(call_number(number), std::move(done)); });
    }
    std::optional<ports::involvement> active(std::string_view who) {
        return agreed_result_of<std::optional<ports::involvement>>(
            [&](auto done) { registry().active_call_of(id(who), std::move(done)); });
    }
    call::presence presence(std::string_view who, call::realm realm = call::realm::telecaller) {
        return agreed_result_of<call::presence>(
            [&](auto done) { registry().presence_of(id(who), realm, std::move(done)); });
    }
    outcome claim_peers(std::string_view caller, std::string_view callee, std::uint8_t number) {
        ports::claim_request r{.call = call_number(number),
                               .home = home(),
                               .caller = id(caller),
                               .caller_realm = call::realm::peer,
                               .callee = id(callee),
                               .callee_realm = call::realm::peer};
        return result_of<outcome>([&](auto done) { registry().claim(std::move(r), std::move(done)); });
    }
    std::vector<ports::present_account> present_among(std::vector<account_id> who) {
        return agreed_result_of<std::vector<ports::present_account>>(
            [&](auto done) { registry().present_among(std::move(who), call::realm::peer, std::move(done)); });
    }
    std::vector<ports::present_account> present(call::realm realm) {
        return agreed_result_of<std::vector<ports::present_account>>(
            [&](auto done) { registry().present_in(realm, std::move(done)); });
    }
    ports::presence_counts counts() {
        return agreed_result_of<ports::presence_counts>([&](auto done) { registry().counts(std::move(done)); });
    }
    bool attempt(ports::limited_action action, std::string_view subject, std::uint32_t limit, moment now) {
        return result_of<bool>(
            [&](auto done) { registry().take_attempt(action, subject, limit, now.mono, std::move(done)); });
    }
    std::vector<call::device_ref> keep(std::string_view who, call::realm realm, std::uint8_t number, moment until,
                                       moment now, bool is_for_present_too = false) {
        ports::kept_event event{.account = id(who),
                                .realm = realm,
                                .call = call_number(number),
                                .side = call::side::callee,
                                .event = "call:missed",
                                .args = R"([{"callId": "1", "text": "a b"}])",
                                .until = until,
                                .is_for_present_too = is_for_present_too};
        return result_of<std::vector<call::device_ref>>(
            [&](auto done) { registry().keep_final_event(std::move(event), now, std::move(done)); });
    }

    /// Without the versions: "bob telecaller ON_CALL".
    static std::vector<std::string> words(ports::presence_changes const& changes) {
        std::vector<std::string> out;
        for (auto const& c : changes)
            out.push_back(c.account.text() + " " + std::string{to_string(c.realm)} + " " +
                          std::string{to_string(c.now)});
        return out;
    }
    static std::vector<call_id> calls(std::vector<ports::kept_event> const& kept) {
        std::vector<call_id> out;
        for (auto const& k : kept)
            out.push_back(k.call);
        return out;
    }

    ports::call_registry& registry() { return harness_.registry(); }

    static constexpr auto USER = call::role::user, TELECALLER = call::role::telecaller;
    call::device_ref const ann1 = device(11, call::realm::user), ann2 = device(12, call::realm::user);
    call::device_ref const amy1 = device(15, call::realm::user);
    call::device_ref const bob1 = device(21, call::realm::telecaller), bob2 = device(22, call::realm::telecaller);
    call::device_ref const bob_peer = device(25, call::realm::peer), ann_peer = device(16, call::realm::peer);

    Harness harness_;
};

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

// Claims -------------------------------------------------------------------------------------------------------------

TYPED_TEST_P(RegistryContract, AClaimGivesTheDevicesThatWillRingAndMakesBothParties) {
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

TYPED_TEST_P(RegistryContract, RefusalsComeInTheOrderOfTheContract) {
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

TYPED_TEST_P(RegistryContract, ARefusedClaimHoldsNothing) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    ASSERT_FALSE(this->claim("ann", "bob", 1, false));
    EXPECT_EQ(this->active("ann"), std::nullopt);
    EXPECT_EQ(this->active("bob"), std::nullopt);
    EXPECT_EQ(this->find(1), std::nullopt);
}

TYPED_TEST_P(RegistryContract, Row6OfTwoCallersWhoRaceForOneCalleeOneWins) {
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

TYPED_TEST_P(RegistryContract, Row5OneCallerOnTwoDevicesGetsOneCall) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    EXPECT_TRUE(this->claim("ann", "bob", 1));
    EXPECT_EQ(this->claim("ann", "bob", 2).error(), call::refusal_code::already_in_call);
}

TYPED_TEST_P(RegistryContract, ADeviceThatComesOrGoesDuringACallLearnsOfIt) {
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

TYPED_TEST_P(RegistryContract, AnAcceptedCallShowsEverywhereUntilItIsReleased) {
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

TYPED_TEST_P(RegistryContract, APeerIsThereWithADeviceOfItsOwnRealmAndOnCallWhileItTalks) {
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

TYPED_TEST_P(RegistryContract, Row18APeerThatCallsWhoIsCallingItIsShownThatCall) {
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

TYPED_TEST_P(RegistryContract, Row50WhoLostItsDevicesDuringTheCallIsOfflineAfterIt) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    this->mark_accepted(1);
    EXPECT_THAT(this->remove("bob", this->bob1).changes, IsEmpty());
    EXPECT_EQ(this->presence("bob"), call::presence::on_call);
    EXPECT_THAT(this->words(this->release(1)), testing::Contains("bob telecaller OFFLINE"));
}

TYPED_TEST_P(RegistryContract, ACallIsFoundUntilItIsForgotten) {
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

TYPED_TEST_P(RegistryContract, ForgettingACallThatWasNotReleasedFreesItsParties) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    this->mark_accepted(1);
    EXPECT_THAT(this->words(this->forget(1)), testing::Contains("bob telecaller ONLINE"));
    EXPECT_EQ(this->active("bob"), std::nullopt);
}

TYPED_TEST_P(RegistryContract, AReleaseOfAnOldCallLeavesTheNextOneAlone) {
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

TYPED_TEST_P(RegistryContract, AReleaseIsAgreedAsOftenAsItIsTriedUntilTheCallIsForgotten) {
    this->add("ann", this->USER, this->ann1);
    this->add("bob", this->TELECALLER, this->bob1);
    this->claim("ann", "bob", 1);
    EXPECT_TRUE(this->try_release(1).is_agreed);
    EXPECT_TRUE(this->try_release(1).is_agreed);
    this->forget(1);
    EXPECT_FALSE(this->try_release(1).is_agreed);
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

REGISTER_TYPED_TEST_SUITE_P(
    RegistryContract, TheFirstDeviceMakesATelecallerOnlineTheLastOneOffline, AUserHasNoPresenceInTheMarketplace,
    OnlineCountsTheDevicesOfItsOwnRealm, ADeviceThatIsKnownOrUnknownChangesNothing,
    AnAccountThatDroppedLingersUntilItsTimeIsOver, AChangeToOfflineSaysWhenTheLastDeviceWasLost,
    TheEndOfAnOldLingerDoesNotCountAgainstWhoCameBack, Row50LaterChangesHaveHigherVersions,
    ATelecallerThatBecomesAUserIsOfflineInTheMarketplace, ListsAndCountsWhoIsThere,
    AClaimGivesTheDevicesThatWillRingAndMakesBothParties, RefusalsComeInTheOrderOfTheContract,
    ARefusedClaimHoldsNothing, Row6OfTwoCallersWhoRaceForOneCalleeOneWins, Row5OneCallerOnTwoDevicesGetsOneCall,
    ADeviceThatComesOrGoesDuringACallLearnsOfIt, AnAcceptedCallShowsEverywhereUntilItIsReleased,
    APeerIsThereWithADeviceOfItsOwnRealmAndOnCallWhileItTalks, Row18APeerThatCallsWhoIsCallingItIsShownThatCall,
    Row50WhoLostItsDevicesDuringTheCallIsOfflineAfterIt, ACallIsFoundUntilItIsForgotten,
    ForgettingACallThatWasNotReleasedFreesItsParties, AReleaseOfAnOldCallLeavesTheNextOneAlone,
    AReleaseIsAgreedAsOftenAsItIsTriedUntilTheCallIsForgotten, ACallThatIsTakenOverHasItsPartiesOnCallBeforeTheyCome,
    ACallThatIsTakenOverNamesThePartiesDevicesThatAreThere, AKeptEventComesAsItWasKept,
    AnEventForThosePresentTooNamesTheirDevicesAndIsNotKept, AKeptEventGoesToTheFirstDeviceOfItsRealmOnce,
    AKeptEventIsDroppedWhenItsTimeIsOver, OnlyTheNewestEventsAreKept, LimitsCountPerActionAndSubject);

} // namespace ringback::contract
