#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/account.hpp"
#include "call/call_record.hpp"
#include "ports/call_store.hpp"
#include "ports/webhook_outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::contract {

using namespace std::chrono_literals;

/// Stands still unless it is moved. Thread-safe: a store reads it on its own thread.
class hand_clock final : public clock_source {
public:
    [[nodiscard]] moment now() const override {
        std::scoped_lock const lock{mutex_};
        return now_;
    }
    void advance(std::chrono::milliseconds by) {
        std::scoped_lock const lock{mutex_};
        now_ = now_ + by;
    }

private:
    mutable std::mutex mutex_;
    moment now_{mono_time{1000s}, wall_time{1'800'000'000s}};
};

struct ledger_line {
    std::string account;
    std::string call;
    std::int64_t amount = 0;
    std::int64_t balance = 0;

    friend bool operator==(ledger_line const&, ledger_line const&) = default;
};
inline void PrintTo(ledger_line const& l, std::ostream* out) {
    *out << l.account << ' ' << l.call << ' ' << l.amount << " -> " << l.balance;
}

/// The result of an asynchronous operation; waiting for it ends with an exception when it does not come.
template <typename Result>
class awaited {
public:
    explicit awaited(std::future<Result> coming) : coming_{std::move(coming)} {}

    [[nodiscard]] Result get() {
        if (coming_.wait_for(60s) != std::future_status::ready) throw std::runtime_error("no answer within a minute");
        return coming_.get();
    }
    [[nodiscard]] bool is_ready() const { return coming_.wait_for(0s) == std::future_status::ready; }

private:
    std::future<Result> coming_;
};

/// Starts `operation` with a completion whose result can be waited for.
template <typename Result, typename Operation>
[[nodiscard]] awaited<Result> start(Operation&& operation) {
    std::promise<Result> promise;
    awaited<Result> coming{promise.get_future()};
    operation([promise = std::move(promise)](Result r) mutable { promise.set_value(std::move(r)); });
    return coming;
}

inline constexpr auto ok = ports::write_outcome::ok;
inline constexpr auto conflict = ports::write_outcome::conflict;
inline constexpr auto unavailable = ports::write_outcome::unavailable;

[[nodiscard]] inline account_id id(std::string_view text) { return *account_id::parse(text); }
/// Calls of one second, numbered as a generator would.
[[nodiscard]] inline call_id call_number(std::uint32_t n) {
    return call_id{{0x6b, 0x49, 0xd2, 0, 1, 2, 3, 4, 5, std::uint8_t(n >> 16), std::uint8_t(n >> 8), std::uint8_t(n)}};
}
[[nodiscard]] inline wall_time at(std::chrono::milliseconds since_start) {
    return wall_time{1'800'000'000s} + since_start;
}

/// What the store is told in these stories.
namespace say {

[[nodiscard]] inline ports::put_account token(std::string_view who, call::account_patch patch, std::int64_t iat) {
    return {id(who), std::move(patch), ports::by_claims{iat}, call::approval_status::approved, at(0s)};
}
[[nodiscard]] inline ports::put_account admin(std::string_view who, call::account_patch patch) {
    return {id(who), std::move(patch), ports::by_admin{}, call::approval_status::approved, at(0s)};
}
[[nodiscard]] inline ports::timeline_event event(wall_time when, std::string type, std::string by) {
    std::string device = by.empty() ? "" : "device of " + by;
    return {when, std::move(type), std::move(by), std::move(device), "node-1", ""};
}
[[nodiscard]] inline call::party party(std::string_view who, call::realm realm) {
    return {{id(who), std::nullopt, std::nullopt}, realm};
}
/// `caller` on /user rings `callee` on /telecaller.
[[nodiscard]] inline ports::call_opened opened(std::uint32_t n, std::string_view caller, std::string_view callee,
                                               wall_time when = at(0s)) {
    return {{{call_number(n), call::call_type::audio, party(caller, call::realm::user),
              party(callee, call::realm::telecaller), when, when + 30s}},
            event(when, "RINGING", std::string{caller})};
}
[[nodiscard]] inline ports::call_opened opened_by_peer(std::uint32_t n, std::string_view caller,
                                                       std::string_view callee) {
    auto o = opened(n, caller, callee);
    o.what.facts.caller.realm = o.what.facts.callee.realm = call::realm::peer;
    return o;
}
[[nodiscard]] inline ports::call_answered answered(std::uint32_t n, wall_time when = at(5s)) {
    return {call_number(n), {when, {2, 1}}, event(when, "ACCEPTED", "callee")};
}
[[nodiscard]] inline ports::call_closed missed(std::uint32_t n, wall_time when = at(30s)) {
    call::closing c;
    c.ended_at = when;
    return {call_number(n), c, event(when, "MISSED", "")};
}
[[nodiscard]] inline ports::call_closed ended(std::uint32_t n, call::call_status status, call::end_reason reason) {
    auto m = missed(n);
    m.what.status = status;
    m.what.reason = reason;
    m.event.type = call::to_string(status);
    return m;
}
/// Lasted `seconds`, at 2 coins from the caller and 1 for the callee per second.
[[nodiscard]] inline ports::call_closed completed(std::uint32_t n, std::int64_t seconds) {
    auto const accepted = at(5s);
    auto const when = accepted + std::chrono::seconds{seconds};
    return {call_number(n),
            {call::call_status::completed,
             call::end_reason::hangup,
             accepted,
             when,
             {2, 1},
             {seconds, 2 * seconds, seconds}},
            event(when, "COMPLETED", "caller")};
}

} // namespace say

/// Keeps the store busy until it is opened: what is submitted meanwhile comes as one group.
class store_gate {
public:
    explicit store_gate(ports::call_store& store) {
        std::promise<void> reached;
        auto held = reached.get_future();
        store.find_call(call_id{}, [reached = std::move(reached), opened = open_.get_future()](auto const&) mutable {
            reached.set_value();
            opened.wait(); // ends with the gate at the latest
        });
        held.wait();
    }
    void open() { open_.set_value(); }

private:
    std::promise<void> open_;
};

/// What the stores of these stories write into their outboxes.
[[nodiscard]] inline ports::webhook_terms webhook_terms() {
    using enum ports::webhook_type;
    return {.wanted = {call_ringing, call_accepted, call_ended, account_presence},
            .max_waiting = 40,
            .max_dead = 3,
            .call_body =
                [](ports::webhook_head const& head, ports::stored_call const& c) {
                    return std::string{to_string(head.type)} + " " + c.facts.id.text() + " " +
                           std::string{to_string(c.status)};
                },
            .presence_body =
                [](ports::webhook_head const&, ports::webhook_presence const& shown) {
                    return shown.who.id.text() + " " + std::string{to_string(shown.realm)} + " " +
                           std::string{to_string(shown.now)};
                }};
}

/// A store joins the contract with a harness, fresh and empty for each test:
///
///     struct my_harness {
///         contract::hand_clock clock;                       // the clock of the store
///         std::unique_ptr<my_store> opened;                 // made with contract::webhook_terms(); with join()
///         ports::call_store& store();                       // that one
///         ports::webhook_outbox& outbox();                  // of that store
///         void close();                                     // destroys the store; open() follows
///         void open();                                      // the same database again
///         ports::inheritance recover(wall_time now);        // untold parties and sessions: for 60 s from now
///         std::vector<contract::ledger_line> ledger();      // in the order of the entries
///     };
template <typename Harness>
class store_story : public testing::Test {
protected:
    template <typename Result>
    using read = ports::read_result<Result>;

    ports::call_store& store() { return harness_.store(); }

    awaited<ports::write_outcome> submit(ports::call_write what) {
        return start<ports::write_outcome>([&](auto done) { store().write(std::move(what), std::move(done)); });
    }
    ports::write_outcome write(ports::call_write what) { return submit(std::move(what)).get(); }

    std::optional<call::account> account(std::string_view who) {
        return start<read<std::optional<call::account>>>(
                   [&](auto done) { store().find_account(id(who), std::move(done)); })
            .get()
            .value();
    }
    std::int64_t coins(std::string_view who) { return account(who).value().coins; }
    std::optional<ports::stored_call> call(std::uint32_t n) {
        return start<read<std::optional<ports::stored_call>>>(
                   [&](auto done) { store().find_call(call_number(n), std::move(done)); })
            .get()
            .value();
    }
    call::call_status status(std::uint32_t n) { return call(n).value().status; }
    std::vector<ports::timeline_event> timeline(std::uint32_t n) {
        return start<read<std::vector<ports::timeline_event>>>(
                   [&](auto done) { store().timeline(call_number(n), std::move(done)); })
            .get()
            .value();
    }
    std::vector<std::string> story_of(std::uint32_t n) {
        std::vector<std::string> types;
        for (auto const& e : timeline(n))
            types.push_back(e.type);
        return types;
    }
    read<ports::page<ports::stored_call>> calls_of(std::string_view who, ports::page_request page = {}) {
        return start<read<ports::page<ports::stored_call>>>(
                   [&](auto done) { store().calls_of(id(who), std::move(page), std::move(done)); })
            .get();
    }
    read<ports::page<ports::stored_call>> calls(ports::call_filter filter, ports::page_request page = {}) {
        return start<read<ports::page<ports::stored_call>>>(
                   [&](auto done) { store().list_calls(std::move(filter), std::move(page), std::move(done)); })
            .get();
    }
    read<ports::page<call::account>> accounts(ports::page_request page = {}) {
        return start<read<ports::page<call::account>>>(
                   [&](auto done) { store().list_accounts(std::move(page), std::move(done)); })
            .get();
    }
    read<ports::page<call::account>> telecallers(std::string language = "", ports::page_request page = {}) {
        return start<read<ports::page<call::account>>>(
                   [&](auto done) { store().telecallers(std::move(language), std::move(page), std::move(done)); })
            .get();
    }

    /// Users and telecallers without anything special about them.
    void users(std::initializer_list<std::string_view> names) { put_all(names, call::role::user); }
    void telecallers_are(std::initializer_list<std::string_view> names) { put_all(names, call::role::telecaller); }

    Harness harness_;

private:
    void put_all(std::initializer_list<std::string_view> names, call::role role) {
        for (auto name : names) {
            call::account_patch p;
            p.role = role;
            p.name = std::string{name};
            ASSERT_EQ(write(say::token(name, std::move(p), 1)), ok);
        }
    }
};

} // namespace ringback::contract
