#pragma once

#include "node.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::registry::test {

/// A few nodes with the numbers 1, 2, 3 … over a Redis of their own.
class Cluster : public testing::Test {
public:
    void SetUp() override {
        if (!redis_server::is_installed()) GTEST_SKIP() << "redis-server is not installed: NO CLUSTER IS TESTED";
        server.emplace();
    }

    void start(std::uint32_t count, std::chrono::milliseconds lease = 10s, std::chrono::milliseconds ring = 30s) {
        for (std::uint32_t number = 1; number <= count; ++number) {
            nodes.push_back(std::make_unique<node>(events, *server, number, lease, ring));
            nodes.back()->join();
        }
        for (auto& each : nodes)
            for (std::uint32_t number = 1; number <= count; ++number)
                each->known_to_the_store.push_back(number);
    }

    static account_id id(std::string_view text) { return *account_id::parse(text); }
    static call_id call_number(int n) {
        call_id::bytes b{};
        b[10] = static_cast<std::uint8_t>(n >> 8);
        b[11] = static_cast<std::uint8_t>(n);
        return call_id{b};
    }
    static call::device_ref device(std::uint32_t at, int n, call::realm where) {
        return {{{at, 0}, 0, static_cast<std::uint64_t>(n)}, where};
    }
    static moment now() { return machine_clock().now(); }
    static ports::claim_request request(std::uint32_t home, std::string_view caller, std::string_view callee, int n) {
        return {.call = call_number(n),
                .home = {home, 0},
                .caller = id(caller),
                .caller_realm = call::realm::user,
                .callee = id(callee),
                .callee_realm = call::realm::telecaller};
    }

    node& at(std::uint32_t number) { return *nodes[number - 1]; }
    ports::agreed<ports::arrival> try_add(std::uint32_t by, std::string_view who, call::device_ref d) {
        auto role = d.realm == call::realm::telecaller ? call::role::telecaller : call::role::user;
        return at(by).result_of<ports::agreed<ports::arrival>>(
            [&](auto done) { at(by).registry().add_device(id(who), role, d, now(), std::move(done)); });
    }
    ports::arrival add(std::uint32_t by, std::string_view who, call::device_ref d) {
        return try_add(by, who, d).value();
    }
    ports::departed remove(std::uint32_t by, std::string_view who, call::device_ref d,
                           std::chrono::milliseconds linger) {
        return at(by).result_of<ports::departed>(
            [&](auto done) { at(by).registry().remove_device(id(who), d, linger, now().wall, std::move(done)); });
    }
    std::expected<ports::claimed, call::refusal_code> claim(std::uint32_t by, std::string_view caller,
                                                            std::string_view callee, int n) {
        return at(by).result_of<std::expected<ports::claimed, call::refusal_code>>(
            [&](auto done) { at(by).registry().claim(request(by, caller, callee, n), std::move(done)); });
    }
    ports::presence_changes mark_accepted(std::uint32_t by, int n) {
        return at(by).result_of<ports::presence_changes>(
            [&](auto done) { at(by).registry().mark_accepted(call_number(n), std::move(done)); });
    }
    ports::released try_release(std::uint32_t by, int n) {
        return at(by).result_of<ports::released>(
            [&](auto done) { at(by).registry().release(call_number(n), std::move(done)); });
    }
    ports::presence_changes release(std::uint32_t by, int n) { return try_release(by, n).changes; }
    /// The end of a call for `who`, its callee.
    std::vector<call::device_ref> keep(std::uint32_t by, std::string_view who, int n, bool is_for_present_too) {
        auto const at_once = now();
        ports::kept_event event{.account = id(who),
                                .realm = call::realm::telecaller,
                                .call = call_number(n),
                                .side = call::side::callee,
                                .event = "call:missed",
                                .args = "[]",
                                .until = at_once + 60s,
                                .is_for_present_too = is_for_present_too};
        return at(by).result_of<std::vector<call::device_ref>>(
            [&](auto done) { at(by).registry().keep_final_event(std::move(event), at_once, std::move(done)); });
    }
    std::optional<place> find(std::uint32_t by, int n) {
        return at(by)
            .result_of<ports::agreed<std::optional<place>>>(
                [&](auto done) { at(by).registry().find_call(call_number(n), std::move(done)); })
            .value();
    }
    std::optional<ports::involvement> active(std::uint32_t by, std::string_view who) {
        return at(by)
            .result_of<ports::agreed<std::optional<ports::involvement>>>(
                [&](auto done) { at(by).registry().active_call_of(id(who), std::move(done)); })
            .value();
    }
    ports::agreed<call::presence> try_presence(std::uint32_t by, std::string_view who) {
        return at(by).result_of<ports::agreed<call::presence>>(
            [&](auto done) { at(by).registry().presence_of(id(who), call::realm::telecaller, std::move(done)); });
    }
    call::presence presence(std::uint32_t by, std::string_view who) { return try_presence(by, who).value(); }
    bool drop(node& taker, std::uint32_t number, std::chrono::milliseconds linger) {
        return taker.result_of<bool>([&](auto done) { taker.member().drop_node(number, linger, std::move(done)); });
    }

    /// How many nodes were told to take `number` over.
    int takers(std::uint32_t number) const {
        int all = 0;
        for (auto const& each : nodes)
            all += static_cast<int>(std::ranges::count(each->lost_nodes, number));
        return all;
    }
    static int count(node const& n, std::string_view words) {
        return static_cast<int>(std::ranges::count(n.words(), words));
    }
    int count_all(std::string_view words) const {
        int all = 0;
        for (auto const& each : nodes)
            all += count(*each, words);
        return all;
    }
    bool all_up(bool up = true) const {
        return std::ranges::all_of(nodes, [&](auto const& n) { return n->is_up == up; });
    }
    /// Time in which what must not happen could happen.
    void settle(std::chrono::milliseconds time) {
        auto const end = std::chrono::steady_clock::now() + time;
        EXPECT_TRUE(events.until([&] { return std::chrono::steady_clock::now() >= end; }));
    }

    loop events;
    std::optional<redis_server> server;
    std::vector<std::unique_ptr<node>> nodes;
};

} // namespace ringback::registry::test
