// The same random operations against both registries: the same answers.
#include "node.hpp"
#include "registry/memory/memory_registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>

namespace ringback::registry::test {
namespace {

constexpr std::size_t accounts = 6;

std::string text(place p) { return std::to_string(p.node) + "." + std::to_string(p.shard); }
std::string text(call::device_ref const& d) {
    return std::string{to_string(d.realm)} + std::to_string(d.socket.generation);
}
std::string text(std::vector<call::device_ref> devices) {
    std::ranges::sort(devices, {}, [](auto const& d) { return d.socket.generation; });
    std::string out = "[";
    for (auto const& d : devices)
        out += text(d) + " ";
    return out + "]";
}
std::string text(std::optional<ports::involvement> const& in) {
    if (!in) return "free";
    return in->call.text() + "/" + text(in->home) + "/" + std::string{to_string(in->side)} + "/" +
           std::string{to_string(in->realm)} + (in->is_accepted ? "/accepted" : "/ringing");
}
// Without versions, those of two parties in any order. What is said of an account that had long gone is `forgotten`:
// the registry in memory knows it as long as an event waits for it.
enum class last_seen : std::uint8_t { told, forgotten };
std::string text(ports::presence_changes const& changes, last_seen seen = last_seen::forgotten) {
    std::vector<std::string> all;
    all.reserve(changes.size());
    for (auto const& c : changes) {
        all.push_back(c.account.text() + " " + std::string{to_string(c.realm)} + " " + std::string{to_string(c.now)});
        if (seen == last_seen::told && c.now == call::presence::offline)
            all.back() += std::to_string(c.last_seen.time_since_epoch().count());
    }
    std::ranges::sort(all);
    std::string out = "{";
    for (auto const& each : all)
        out += each + ", ";
    return out + "}";
}
std::string text(std::vector<ports::present_account> const& present) {
    std::vector<std::string> all;
    all.reserve(present.size());
    for (auto const& p : present)
        all.push_back(p.account.text() + " " + std::string{to_string(p.presence)} + ", ");
    std::ranges::sort(all);
    std::string out = "<";
    for (auto const& each : all)
        out += each;
    return out + ">";
}

/// Both registries, and what is alike in the numbers that they give out.
class Comparison : public testing::Test {
public:
    void SetUp() override {
        if (!redis_server::is_installed()) GTEST_SKIP() << "redis-server is not installed: NOTHING IS COMPARED";
        server.emplace();
        for (std::uint32_t number : {1, 2}) {
            nodes.push_back(std::make_unique<node>(events, *server, number));
            nodes.back()->join();
        }
    }

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    place somewhere() {
        return {static_cast<std::uint32_t>(1 + below(2)), static_cast<std::uint32_t>(below(node::shards))};
    }
    static account_id id(std::size_t n) { return *account_id::parse("account" + std::to_string(n)); }
    static call_id call_number(std::size_t n) {
        call_id::bytes b{};
        b[10] = static_cast<std::uint8_t>(n >> 8);
        b[11] = static_cast<std::uint8_t>(n);
        return call_id{b};
    }

    /// Does `operation` in both and compares what `to_text` makes of the answers. Gives both answers. Redis is asked
    /// through the node of this number.
    template <typename Result, typename Operation, typename Text>
    std::pair<Result, Result> both(place by, std::string what, Operation operation, Text to_text) {
        Result from_redis = nodes[by.node - 1]->result_of<Result>(
            [&](auto done) { operation(nodes[by.node - 1]->registry(by.shard), std::move(done)); });
        // The answer to a script may be lost, and the script be run again.
        if (repeats_all)
            nodes[by.node - 1]->result_of<Result>(
                [&](auto done) { operation(nodes[by.node - 1]->registry(by.shard), std::move(done)); });
        std::optional<Result> from_memory;
        operation(memory, [&](Result r) { from_memory = std::move(r); });
        std::string const seen = to_text(from_redis), expected = to_text(*from_memory);
        history << by.node << "." << by.shard << ": " << what << " -> " << expected << "\n";
        if (seen != expected) ADD_FAILURE() << "Redis: " << seen << "\n" << history.str();
        return {std::move(from_redis), std::move(*from_memory)};
    }

    void step();
    void compare_all();

    loop events;
    std::optional<redis_server> server;
    std::vector<std::unique_ptr<node>> nodes; ///< 1 and 2; who has a device or a call there speaks through it
    memory_registry memory;
    bool repeats_all = false;
    std::mt19937 random{20261120};
    std::stringstream history;

    struct connected {
        account_id who;
        call::device_ref device;
    };
    std::vector<connected> devices;
    struct lingering {
        account_id who;
        call::realm realm;
        std::uint64_t in_redis, in_memory;
        place by;
    };
    std::vector<lingering> lingers;
    std::vector<std::pair<std::size_t, place>> calls; ///< and their home
    std::size_t last_call = 0, last_kept = 0, sockets = 0, now_seconds = 0;
    std::uint64_t last_version = 0;

    moment now() const { return {mono_time{1000s} + now_seconds * 1s, wall_time{1'800'000'000s} + now_seconds * 1s}; }
    void check_versions(ports::presence_changes const& changes) {
        for (auto const& c : changes) {
            EXPECT_GT(c.version, last_version) << history.str();
            last_version = c.version;
        }
    }
};

void Comparison::step() {
    auto changes_text = [](ports::presence_changes const& c) { return text(c); };
    switch (below(14)) {
    case 0:
    case 1:
    case 2: { // a device comes, or comes again
        std::size_t const n = below(accounts);
        auto role = n < accounts / 2 && !one_in(20) ? call::role::user : call::role::telecaller;
        connected c{id(n), {{somewhere(), 0, ++sockets}, static_cast<call::realm>(below(3))}};
        if (one_in(8) && !devices.empty()) c = devices[below(devices.size())];
        auto [r, m] = both<ports::agreed<ports::arrival>>(
            c.device.socket.at, "add " + c.who.text() + " " + text(c.device) + " " + std::string{to_string(role)},
            [&](auto& at, auto done) { at.add_device(c.who, role, c.device, now(), std::move(done)); },
            [](auto const& a) {
                std::string out = text(a->active) + text(a->changes);
                for (auto const& k : a->kept)
                    out += " kept " + k.call.text() + k.event + k.args +
                           std::to_string(k.until.wall.time_since_epoch().count());
                return out;
            });
        check_versions(r->changes);
        if (std::ranges::find(devices, c.device, &connected::device) == devices.end()) devices.push_back(c);
        return;
    }
    case 3:
    case 4: { // it goes, known or not
        if (devices.empty()) return;
        std::size_t const n = below(devices.size());
        connected c = devices[n];
        if (one_in(10))
            c.device.socket.generation += 100'000;
        else
            devices.erase(devices.begin() + static_cast<std::ptrdiff_t>(n));
        auto linger = one_in(2) ? 10s : 0s;
        auto lost_at = now().wall - std::chrono::milliseconds{below(2000)};
        auto [r, m] = both<ports::departed>(
            c.device.socket.at, "remove " + c.who.text() + " " + text(c.device) + (linger > 0s ? " lingers" : ""),
            [&](auto& at, auto done) { at.remove_device(c.who, c.device, linger, lost_at, std::move(done)); },
            [](auto const& d) {
                return text(d.active) + (d.was_last ? " last " : " ") + text(d.remaining) +
                       (d.linger != 0 ? " lingers " : "") + text(d.changes, last_seen::told);
            });
        check_versions(r.changes);
        if (r.linger != 0) lingers.push_back({c.who, c.device.realm, r.linger, m.linger, c.device.socket.at});
        return;
    }
    case 5: {
        if (lingers.empty()) return;
        lingering l = lingers[below(lingers.size())];
        auto [r, m] = both<ports::presence_changes>(
            l.by, "end_linger " + l.who.text(),
            [&](auto& at, auto done) {
                at.end_linger(l.who, l.realm,
                              &at == static_cast<ports::call_registry*>(&memory) ? l.in_memory : l.in_redis,
                              std::move(done));
            },
            [](auto const& c) { return text(c, last_seen::told); });
        return check_versions(r);
    }
    case 6:
    case 7:
    case 8: { // who calls has a device somewhere
        if (devices.empty()) return;
        connected const& from = devices[below(devices.size())];
        account_id const to = id(below(accounts));
        if (to == from.who) return;
        bool const is_peer = from.device.realm == call::realm::peer;
        ports::claim_request r{.call = call_number(++last_call),
                               .home = from.device.socket.at,
                               .caller = from.who,
                               .caller_realm = is_peer ? call::realm::peer : call::realm::user,
                               .callee = to,
                               .callee_realm = is_peer ? call::realm::peer : call::realm::telecaller,
                               .can_afford = !one_in(6)};
        auto [won, m] = both<std::expected<ports::claimed, call::refusal_code>>(
            r.home, "claim " + std::to_string(last_call) + " " + from.who.text() + " " + to.text(),
            [&](auto& at, auto done) { at.claim(r, std::move(done)); },
            [](auto const& c) {
                if (!c) return std::string{to_string(c.error())};
                return text(c->callee_devices) + " crossing " + text(c->crossing);
            });
        if (won && !won->crossing) calls.emplace_back(last_call, r.home);
        return;
    }
    case 9:
    case 10: {
        if (calls.empty()) return;
        auto const [n, home] = calls[one_in(3) ? below(calls.size()) : calls.size() - 1];
        auto const what = below(4);
        if (calls.size() > 6) calls.erase(calls.begin());
        if (what == 2) {
            auto [r, m] = both<ports::released>(
                home, "release " + std::to_string(n),
                [n = n](auto& at, auto done) { at.release(call_number(n), std::move(done)); },
                [](auto const& released) { return text(released.changes) + (released.is_agreed ? " agreed" : ""); });
            return check_versions(r.changes);
        }
        auto [r, m] = both<ports::presence_changes>(
            home, "change " + std::to_string(n) + " " + std::to_string(what),
            [&, n = n](auto& at, auto done) {
                if (what < 2) return at.mark_accepted(call_number(n), std::move(done));
                at.forget_call(call_number(n), std::move(done));
            },
            changes_text);
        return check_versions(r);
    }
    case 11: { // whose events wait has a device, as in a gateway's life
        if (devices.empty()) return;
        now_seconds += below(4);
        connected const c = devices[below(devices.size())];
        bool const too = one_in(2);
        std::vector<call::device_ref> gone;
        for (connected const& each : devices)
            if (each.who == c.who && one_in(2)) gone.push_back(each.device);
        ports::kept_event e{.account = c.who,
                            .realm = static_cast<call::realm>(below(3)),
                            .call = call_number(1'000'000 + ++last_kept),
                            .side = call::side::callee,
                            .event = "call:missed",
                            .args = R"([{"a": "b c"}])",
                            .until = now() + 20s,
                            .is_for_present_too = too,
                            .gone = gone};
        both<std::vector<call::device_ref>>(
            somewhere(),
            "keep " + c.who.text() + " " + std::string{to_string(e.realm)} + (too ? " too but " + text(gone) : ""),
            [&](auto& at, auto done) { at.keep_final_event(e, now(), std::move(done)); },
            [](auto const& d) { return text(d); });
        return;
    }
    case 12: { // a call that another life of the server left; neither party is in one
        if (devices.size() < 2) return;
        connected const &a = devices[below(devices.size())], &b = devices[below(devices.size())];
        std::optional<ports::involvement> busy;
        for (auto const* who : {&a, &b})
            memory.active_call_of(who->who, [&](auto in) { busy = *in ? *in : busy; });
        if (a.who == b.who || busy) return;
        ports::claim_request r{.call = call_number(++last_call),
                               .home = somewhere(),
                               .caller = a.who,
                               .caller_realm = call::realm::user,
                               .callee = b.who,
                               .callee_realm = one_in(2) ? call::realm::telecaller : call::realm::peer};
        calls.emplace_back(last_call, r.home);
        auto [t, m] = both<ports::taken_over>(
            r.home, "take_over " + std::to_string(last_call) + " " + a.who.text() + " " + b.who.text(),
            [&](auto& at, auto done) { at.take_over(r, std::move(done)); },
            [](auto const& taken) { return text(taken.devices[0]) + text(taken.devices[1]) + text(taken.changes); });
        return check_versions(t.changes);
    }
    default: return compare_all();
    }
}

void Comparison::compare_all() {
    place const by = somewhere();
    for (std::size_t n = 0; n < accounts; ++n) {
        both<ports::agreed<std::optional<ports::involvement>>>(
            by, "active " + id(n).text(), [&](auto& at, auto done) { at.active_call_of(id(n), std::move(done)); },
            [](auto const& in) { return text(*in); });
        auto realm = static_cast<call::realm>(below(3));
        both<ports::agreed<call::presence>>(
            by, "presence " + id(n).text(), [&](auto& at, auto done) { at.presence_of(id(n), realm, std::move(done)); },
            [](auto const& p) { return std::string{to_string(*p)}; });
    }
    for (call::realm realm : {call::realm::telecaller, call::realm::peer}) {
        auto present_text = [](auto const& all) { return text(*all); };
        both<ports::agreed<std::vector<ports::present_account>>>(
            by, "present", [&](auto& at, auto done) { at.present_in(realm, std::move(done)); }, present_text);
        both<ports::agreed<std::vector<ports::present_account>>>(
            by, "among", [&](auto& at, auto done) { at.present_among({id(0), id(3), id(5)}, realm, std::move(done)); },
            present_text);
    }
    both<ports::agreed<ports::presence_counts>>(
        by, "counts", [&](auto& at, auto done) { at.counts(std::move(done)); },
        [](auto const& c) { return std::to_string(c->online_users) + "/" + std::to_string(c->online_telecallers); });
    if (last_call == 0) return;
    auto const n = 1 + below(last_call);
    both<ports::agreed<std::optional<place>>>(
        by, "find " + std::to_string(n), [&](auto& at, auto done) { at.find_call(call_number(n), std::move(done)); },
        [](auto const& home) { return *home ? text(**home) : std::string{"unknown"}; });
}

TEST_F(Comparison, AScriptThatIsRunTwiceDoesWhatItDoesOnce) {
    repeats_all = true;
    for (int i = 0; i < 2'000 && !HasFailure(); ++i)
        step();
}

TEST_F(Comparison, TheSameOperationsHaveTheSameAnswersInBothRegistries) {
    char const* longer = std::getenv("RINGBACK_REGISTRY_STEPS");
    int const steps = longer ? std::atoi(longer) : 4'000;
    for (int i = 0; i < steps && !HasFailure(); ++i)
        step();
}

} // namespace
} // namespace ringback::registry::test
