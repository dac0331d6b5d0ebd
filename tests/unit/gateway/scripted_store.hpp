#pragma once

#include "ports/call_store.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace ringback::gateway::testing {

/// A store whose answers wait until answer(): it keeps accounts and what was written, and can be made to fail.
class scripted_store final : public ports::call_store {
public:
    std::map<account_id, call::account> accounts;
    std::map<call_id, ports::stored_call> calls;
    std::vector<ports::call_write> writes; ///< but for accounts
    std::map<call_id, std::vector<ports::timeline_event>> timelines;
    std::vector<ports::coin_movement> movements;
    std::set<std::tuple<account_id, ports::relation, account_id>> relations; ///< pairs: as if each had put the other
    int account_reads = 0;
    int account_writes = 0;
    bool is_away = false; ///< refuses reads and writes
    bool is_silent = false;

    void write(ports::call_write what, ports::completion<ports::write_outcome> done) override {
        auto outcome = is_away ? ports::write_outcome::unavailable : ports::write_outcome::ok;
        if (auto const* put = std::get_if<ports::put_account>(&what)) {
            ++account_writes;
            if (!is_away) apply(*put);
        } else if (auto const* relation = std::get_if<ports::put_relation>(&what)) {
            if (!is_away) relate(relation->from, relation->what, relation->to, relation->holds);
        } else if (auto const* pair = std::get_if<ports::put_pair>(&what)) {
            if (!is_away) befriend(pair->one, pair->other, pair->holds);
        } else if (!is_away) {
            writes.push_back(std::move(what));
        }
        later([done = std::move(done), outcome]() mutable { done(outcome); });
    }
    void find_account(account_id id,
                      ports::completion<ports::read_result<std::optional<call::account>>> done) override {
        ++account_reads;
        answer_read(accounts, id, std::move(done));
    }
    void find_call(call_id id, ports::completion<ports::read_result<std::optional<ports::stored_call>>> done) override {
        answer_read(calls, id, std::move(done));
    }
    void add_coins(ports::coin_movement what,
                   ports::completion<ports::read_result<std::optional<ports::ledger_entry>>> done) override {
        ports::read_result<std::optional<ports::ledger_entry>> result{std::nullopt};
        if (is_away)
            result = std::unexpected{ports::store_errc::unavailable};
        else if (auto at = accounts.find(what.account); at != accounts.end()) {
            at->second.coins += what.amount;
            movements.push_back(what);
            result = ports::ledger_entry{.id = static_cast<std::int64_t>(movements.size()),
                                         .account = what.account,
                                         .call = std::nullopt,
                                         .amount = what.amount,
                                         .balance = at->second.coins,
                                         .reason = what.reason,
                                         .created_at = what.at};
        }
        later([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    }
    // Lists come as a single page, in the order of the ids.
    void list_accounts(ports::page_request,
                       ports::completion<ports::read_result<ports::page<call::account>>> done) override {
        answer_list(accounts, [](call::account const&) { return true; }, std::move(done));
    }
    void telecallers(std::string language, ports::page_request,
                     ports::completion<ports::read_result<ports::page<call::account>>> done) override {
        answer_list(
            accounts,
            [&](call::account const& a) {
                return a.role == call::role::telecaller && is_available(a) &&
                       (language.empty() || a.language == language);
            },
            std::move(done));
    }
    void calls_of(account_id id, ports::page_request page,
                  ports::completion<ports::read_result<ports::page<ports::stored_call>>> done) override {
        list_calls({.account = std::move(id), .status = {}}, std::move(page), std::move(done));
    }
    void list_calls(ports::call_filter filter, ports::page_request,
                    ports::completion<ports::read_result<ports::page<ports::stored_call>>> done) override {
        answer_list(
            calls,
            [&](ports::stored_call const& c) {
                return (!filter.status || c.status == *filter.status) &&
                       (!filter.account || c.facts.caller.who.id == *filter.account ||
                        c.facts.callee.who.id == *filter.account);
            },
            std::move(done));
    }
    void ledger_of(account_id, ports::page_request,
                   ports::completion<ports::read_result<ports::page<ports::ledger_entry>>> done) override {
        done(ports::page<ports::ledger_entry>{});
    }
    void timeline(call_id id, ports::completion<ports::read_result<std::vector<ports::timeline_event>>> done) override {
        auto at = timelines.find(id);
        auto events = at == timelines.end() ? std::vector<ports::timeline_event>{} : at->second;
        later([done = std::move(done), events = std::move(events)]() mutable { done(std::move(events)); });
    }

    void rooms_left(std::uint32_t, ports::completion<ports::read_result<std::vector<call_id>>> done) override {
        done(std::vector<call_id>{});
    }

    void acquaintance_of(account_id one, account_id other,
                         ports::completion<ports::read_result<ports::acquaintance>> done) override {
        answer_with<ports::acquaintance>(between(one, other), std::move(done));
    }
    void list_related(account_id id, ports::relation list, ports::page_request,
                      ports::completion<ports::read_result<ports::page<ports::related>>> done) override {
        ports::page<ports::related> page;
        for (auto const& [from, what, to] : relations)
            if (from == id && what == list) page.items.push_back({display_of(accounts.at(to)), between(id, to)});
        answer_with<ports::page<ports::related>>(std::move(page), std::move(done));
    }
    void contacts_of(account_id id, ports::completion<ports::read_result<std::vector<call::display>>> done) override {
        std::vector<call::display> found;
        for (auto const& [other, account] : accounts)
            if (auto b = between(id, other); b.are_contacts && !b.is_blocked) found.push_back(display_of(account));
        answer_with<std::vector<call::display>>(std::move(found), std::move(done));
    }
    void blocked_with(account_id id, ports::completion<ports::read_result<std::vector<account_id>>> done) override {
        std::vector<account_id> found;
        for (auto const& [other, account] : accounts)
            if (between(id, other).is_blocked) found.push_back(other);
        answer_with<std::vector<account_id>>(std::move(found), std::move(done));
    }
    void count_active_calls(ports::completion<ports::read_result<std::size_t>> done) override {
        auto written = [&](auto const& is) { return std::ranges::count_if(writes, is); };
        auto const opened = written([](auto const& w) { return std::holds_alternative<ports::call_opened>(w); });
        auto const closed = written([](auto const& w) { return std::holds_alternative<ports::call_closed>(w); });
        answer_with<std::size_t>(static_cast<std::size_t>(opened - closed), std::move(done));
    }
    [[nodiscard]] ports::store_state state() const override { return {.is_available = !is_away}; }
    void relate(account_id const& from, ports::relation what, account_id const& to, bool holds = true) {
        if (holds)
            relations.emplace(from, what, to);
        else
            relations.erase({from, what, to});
    }
    void befriend(account_id const& one, account_id const& other, bool holds = true) {
        relate(one, ports::relation::contact, other, holds);
        relate(other, ports::relation::contact, one, holds);
    }

    /// Gives the answers that wait. False when there was none, or while it is silent.
    bool answer() {
        if (is_silent) return false;
        auto now = std::exchange(waiting_, {});
        for (auto& each : now)
            each();
        return !now.empty();
    }
    /// The writes of one kind, in order.
    template <class Write>
    [[nodiscard]] std::vector<Write> written() const {
        std::vector<Write> found;
        for (auto const& w : writes)
            if (auto const* one = std::get_if<Write>(&w)) found.push_back(*one);
        return found;
    }

private:
    void apply(ports::put_account const& put) {
        auto& account = accounts[put.id];
        account.id = put.id;
        if (auto const* claims = std::get_if<ports::by_claims>(&put.writer))
            call::refresh_from_claims(account, put.patch, claims->issued_at, put.fresh_approval);
        else
            call::write_by_admin(account, put.patch, put.fresh_approval);
    }
    [[nodiscard]] ports::acquaintance between(account_id const& one, account_id const& other) const {
        using enum ports::relation;
        auto says = [&](account_id const& from, ports::relation what, account_id const& to) {
            return relations.contains({from, what, to});
        };
        return {says(one, contact, other) && says(other, contact, one),
                says(one, block, other) || says(other, block, one)};
    }
    template <class Result, class Done>
    void answer_with(Result value, Done done) {
        ports::read_result<Result> result{std::move(value)};
        if (is_away) result = std::unexpected{ports::store_errc::unavailable};
        later([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    }
    template <class Map, class Done>
    void answer_read(Map const& from, typename Map::key_type const& id, Done done) {
        using value = typename Map::mapped_type;
        ports::read_result<std::optional<value>> result{std::nullopt};
        if (is_away)
            result = std::unexpected{ports::store_errc::unavailable};
        else if (auto at = from.find(id); at != from.end())
            result = std::optional{at->second};
        later([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    }
    template <class Map, class Passes, class Done>
    void answer_list(Map const& from, Passes passes, Done done) {
        using item = typename Map::mapped_type;
        ports::read_result<ports::page<item>> result{ports::page<item>{}};
        for (auto const& [id, value] : from)
            if (passes(value)) result->items.push_back(value);
        if (is_away) result = std::unexpected{ports::store_errc::unavailable};
        later([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    }
    void later(std::move_only_function<void()> what) { waiting_.push_back(std::move(what)); }

    std::deque<std::move_only_function<void()>> waiting_;
};

} // namespace ringback::gateway::testing
