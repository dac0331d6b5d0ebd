// Random operations of three nodes while Redis stands still, dies and loses connections: afterwards everybody knows the
// same, and it is true.
#include "cluster.hpp"

#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>

namespace ringback::registry::test {
namespace {

class Chaos : public Cluster {
public:
    static constexpr int accounts = 8;

    struct device_there {
        std::string who;
        call::device_ref device;
    };
    struct call_there {
        int number = 0;
        std::uint32_t home = 0;
        std::string caller, callee;
        bool is_accepted = false;
    };

    int below(int n) { return std::uniform_int_distribution{0, n - 1}(random); }
    static std::string telecaller(int n) { return "bob" + std::to_string(n); }
    static std::string user(int n) { return "ann" + std::to_string(n); }

    void hear(std::uint32_t by, ports::presence_changes const& changes) {
        for (auto const& c : changes)
            at(by).changes.push_back({c, presence_origin::here});
    }
    bool is_busy(std::string const& who) const {
        return std::ranges::any_of(calls, [&](call_there const& c) { return c.caller == who || c.callee == who; });
    }

    void come() {
        auto const by = static_cast<std::uint32_t>(1 + below(3));
        bool const is_user = below(2) == 0;
        std::string who = is_user ? user(below(accounts)) : telecaller(below(accounts));
        device_there d{who, device(by, ++sockets, is_user ? call::realm::user : call::realm::telecaller)};
        ++waiting;
        at(by).registry().add_device(id(who), is_user ? call::role::user : call::role::telecaller, d.device, now(),
                                     [this, by, d](auto arrived) {
                                         --waiting;
                                         if (!arrived) return;
                                         devices.push_back(d);
                                         hear(by, arrived->changes);
                                     });
    }
    void go(std::size_t n) {
        device_there const d = devices[n];
        devices.erase(devices.begin() + static_cast<std::ptrdiff_t>(n));
        auto const by = d.device.socket.at.node;
        ++waiting;
        at(by).registry().remove_device(id(d.who), d.device, below(2) == 0 ? 300ms : 0ms, now().wall,
                                        [this, by](ports::departed gone) {
                                            --waiting;
                                            hear(by, gone.changes);
                                        });
    }
    void call_somebody() {
        if (devices.empty()) return;
        device_there const from = devices[static_cast<std::size_t>(below(static_cast<int>(devices.size())))];
        if (from.device.realm != call::realm::user) return;
        call_there c{++numbers, from.device.socket.at.node, from.who, telecaller(below(accounts)), false};
        ++waiting;
        at(c.home).registry().claim(request(c.home, c.caller, c.callee, c.number), [this, c](auto won) {
            --waiting;
            if (!won) return;
            EXPECT_FALSE(is_busy(c.caller)) << c.caller << " got a second call";
            EXPECT_FALSE(is_busy(c.callee)) << c.callee << " got a second call";
            calls.push_back(c);
        });
    }
    void change_call(bool end) {
        if (calls.empty()) return;
        auto const n = static_cast<std::size_t>(below(static_cast<int>(calls.size())));
        auto const by = calls[n].home;
        auto done = [this, by](ports::presence_changes const& changes) {
            --waiting;
            hear(by, changes);
        };
        auto const number = call_number(calls[n].number);
        ++waiting;
        if (!end) {
            calls[n].is_accepted = true;
            return at(by).registry().mark_accepted(number, done);
        }
        calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(n));
        at(by).registry().release(number, [done](ports::released const& r) { done(r.changes); });
        ++waiting;
        at(by).registry().forget_call(number, done);
    }
    void harm() {
        switch (below(4)) {
        case 0: return void(server->ask({"CLIENT", "KILL", "TYPE", below(2) == 0 ? "normal" : "pubsub"}));
        case 1:
            server->signal(SIGSTOP);
            for (int i = 0; i < 200; ++i)
                step();
            return server->signal(SIGCONT);
        case 2:
            server->stop(SIGKILL);
            for (int i = 0; i < 60; ++i)
                step();
            return server->start();
        default: return;
        }
    }
    void step() {
        switch (below(7)) {
        case 0:
        case 1: come(); break;
        case 2:
            if (!devices.empty()) go(static_cast<std::size_t>(below(static_cast<int>(devices.size()))));
            break;
        case 3:
        case 4: call_somebody(); break;
        case 5: change_call(false); break;
        default: change_call(true); break;
        }
        events.context.restart();
        events.context.run_for(4ms);
    }

    call::presence expected(std::string const& who) const {
        for (call_there const& c : calls)
            if (c.is_accepted && c.callee == who) return call::presence::on_call;
        auto is_there = [&](device_there const& d) { return d.who == who; };
        return std::ranges::any_of(devices, is_there) ? call::presence::online : call::presence::offline;
    }
    bool is_right() {
        for (int n = 0; n < accounts; ++n)
            for (std::uint32_t by : {1U, 2U, 3U}) {
                auto seen = try_presence(by, telecaller(n));
                if (!seen || *seen != expected(telecaller(n))) return false;
            }
        return true;
    }
    /// What the node would have told its clients last.
    static std::map<account_id, call::presence> shown_by(node const& n) {
        std::map<account_id, std::pair<std::uint64_t, call::presence>> last;
        for (auto const& [c, origin] : n.changes)
            if (auto& known = last[c.account]; known.first <= c.version) known = {c.version, c.now};
        std::map<account_id, call::presence> shown;
        for (auto const& [who, what] : last)
            shown[who] = what.second;
        return shown;
    }

    /// What each node heard of an account.
    std::string history(account_id const& who) const {
        std::ostringstream out;
        for (auto const& each : nodes) {
            out << "\nnode " << each->number() << ":";
            for (auto const& [c, origin] : each->changes)
                if (c.account == who)
                    out << " " << c.version << " " << to_string(c.now)
                        << (origin == presence_origin::here ? " here," : ",");
        }
        return out.str();
    }

    /// Whom a node's clients take for something else than it is.
    std::string untold() const {
        std::string wrong;
        for (auto const& each : nodes)
            for (auto const& [who, shown] : shown_by(*each))
                if (shown != expected(who.text()))
                    wrong += "\n" + who.text() + " is " + std::string{to_string(expected(who.text()))} + history(who);
        return wrong;
    }

    std::mt19937 random{8};
    std::vector<device_there> devices;
    std::vector<call_there> calls;
    int sockets = 0, numbers = 0, waiting = 0;
};

TEST_F(Chaos, WhateverBecomesOfRedisEverybodyKnowsTheTruthAfterwards) {
    start(3);
    char const* longer = std::getenv("RINGBACK_REGISTRY_CHAOS");
    for (int round = 0, rounds = longer ? std::atoi(longer) : 4; round < rounds && !HasFailure(); ++round) {
        for (int i = 0; i < 100; ++i)
            step();
        harm();
        for (int i = 0; i < 50; ++i)
            step();
        ASSERT_TRUE(events.until([&] { return waiting == 0 && all_up(); })) << round;
        ASSERT_TRUE(events.until([&] { return is_right(); })) << "who is there, round " << round;
        // Changes whose answers were lost come after bounds::answer_lost.
        EXPECT_TRUE(events.until([&] { return untold().empty(); })) << "round " << round << untold();
        while (!calls.empty())
            change_call(true);
        ASSERT_TRUE(events.until([&] { return waiting == 0; }));
    }
    while (!devices.empty())
        go(0);
    ASSERT_TRUE(events.until([&] { return waiting == 0 && is_right(); }));
    EXPECT_EQ(server->ask({"KEYS", "{ringback}:c:*"}), "");
    ASSERT_TRUE(events.until([&] { return server->ask({"KEYS", "{ringback}:a:*"}).empty(); }));
    EXPECT_EQ(server->ask({"HVALS", "{ringback}:connected"}), "0 0");
    EXPECT_EQ(server->ask({"ZCARD", "{ringback}:due"}), "0");
    std::set<std::uint64_t> recorded;
    for (auto const& each : nodes)
        for (auto const& [c, origin] : each->changes)
            if (origin == presence_origin::here && !recorded.insert(c.version).second)
                ADD_FAILURE() << c.account.text() << " was recorded twice";
}

} // namespace
} // namespace ringback::registry::test
