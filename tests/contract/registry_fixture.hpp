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
///     INSTANTIATE_TYPED_TEST_SUITE_P(My, RegistryCallContract, my_harness);
///
/// of registry_contract.hpp and registry_call_contract.hpp.
namespace ringback::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

template <typename Harness>
class registry_test : public testing::Test {
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

} // namespace ringback::contract
