// The part of the model that stands for the server around the machine: mailboxes, effects, the store's rows.
#include "model_world.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace ringback::model {

using call::side;
using namespace std::chrono_literals;

namespace {
constexpr std::uint32_t store_shard = 100;
}

void world::post(std::uint32_t from_shard, call_id to, call::call_event event) {
    mail_[from_shard].push_back([this, to, event = std::move(event)]() mutable { give(to, std::move(event)); });
}

void world::give(call_id to, call::call_event event) {
    if (auto claimed = claimed_.find(to); claimed != claimed_.end())
        return void(claimed->second.waiting.push_back(std::move(event)));
    auto found = calls_.find(to);
    if (found == calls_.end()) return drop(event); // forgotten meanwhile: the gateway answers from the store
    auto& machine = found->second.machine;
    auto before = machine.status();
    auto effects = machine.apply(std::move(event), now_);
    check_transition(before, machine);
    carry_out(to, effects);
}

void world::drop(call::call_event const& event) {
    std::visit(
        [this](auto const& e) {
            if constexpr (requires { e.token; }) requests_.erase(e.token.number);
        },
        event);
}

void world::open(call_id id, call::call_setup setup) {
    auto balance = setup.prepaid_balance;
    auto& c = calls_.try_emplace(id, std::move(setup), config_, now_).first->second;
    c.paid_from = balance;
    carry_out(id, c.machine.open());
}

void world::open_claimed(call_id id, std::optional<std::int64_t> coins) {
    auto claimed = std::move(claimed_.extract(id).mapped());
    if (!coins || !call::can_afford(*coins, rates_.user, 1s)) {
        registry_->forget_call(id, [&](auto changes) { check(changes.empty(), "a claim changed a presence"); });
        requests_.erase(claimed.setup.token.number);
        for (auto const& event : claimed.waiting)
            drop(event);
        return;
    }
    claimed.setup.prepaid_balance = coins;
    open(id, std::move(claimed.setup));
    for (auto& event : claimed.waiting)
        give(id, std::move(event));
}

void world::hear_balance(call_id id, call::balance_changed now) {
    if (auto c = calls_.find(id); c != calls_.end() && now.coins && !c->second.is_released)
        c->second.paid_from = now.coins;
    give(id, now);
}

void world::carry_out(call_id id, call::effects const& effects) {
    for (call::effect const& e : effects) {
        auto found = calls_.find(id);
        if (found == calls_.end()) return check(false, "an effect after forget");
        std::visit([&](auto const& x) { carry_out(id, found->second, x); }, e);
    }
}

void world::carry_out(call_id id, live_call& c, call::record const& e) {
    bool is_closing = std::holds_alternative<call::closing>(e.what);
    bool is_resumption = std::holds_alternative<call::resumption>(e.what);
    check((is_closing || is_resumption) == (e.number == 0), "only an end or a resumption is not waited for");
    if (is_resumption) ++calls_resumed_;
    check(!c.is_released, "a record after the release");
    if (is_closing) told_final_now_.clear();
    if (is_closing) check_figures(c, std::get<call::closing>(e.what));
    auto const& f = c.machine.facts();
    store_queue_.emplace_back(store_write{id, e, account_index(f.caller.who.id), account_index(f.callee.who.id)});
}

void world::carry_out(call_id id, live_call& c, call::read_balance const& e) {
    check(is_prepaid_ && !c.is_released, "the balance is asked for without need");
    store_queue_.emplace_back(balance_query{account_index(c.machine.facts().caller.who.id), id, e.number});
}

void world::carry_out(call_id id, live_call& c, call::tell const& e) {
    bool is_final = call::is_final(e.what);
    told& t = c.told_to[e.device.socket.generation];
    if (std::holds_alternative<call::incoming>(e.what)) {
        c.was_rung = true;
        check(++t.incoming == 1, "a device rang twice");
        check(e.to == side::callee, "the caller rang");
    } else if (std::holds_alternative<call::ringing>(e.what)) {
        check(++t.ringing == 1 && e.to == side::caller, "ringing was told twice or to the callee");
        check(c.was_rung, "the caller heard of it before the callee rang");
    } else if (std::holds_alternative<call::accepted>(e.what)) {
        ++t.accepted;
        check(c.machine.accepted_at().has_value() && t.final == 0, "accepted was told of a call that was not");
    } else if (!is_final) {
        check(realm_ == call::realm::peer && !c.is_released, "a return was told where there is none");
    } else if (!std::exchange(c.may_cancel_again, false)) {
        check(++t.final == 1, "a device was told twice that it is over");
        told_final_now_.insert(e.device.socket.generation);
        check(t.incoming + t.ringing + t.accepted > 0 || c.machine.owner(e.to) == e.device ||
                  c.machine.is_shared_with(e.to, e.device),
              "a device was told of the end of a call that it never heard of");
    }
    device* d = find_device(e.device);
    if (d == nullptr) return; // gone meanwhile
    if (!is_final)
        d->screen = id;
    else if (d->screen == id)
        d->screen.reset();
}

void world::carry_out(call_id, live_call&, call::deliver_kept const&) {
    check(realm_ == call::realm::peer, "only peers send signals");
}

void world::carry_out(call_id id, live_call& c, call::answer const& e) {
    auto waiting = requests_.find(e.token.number);
    if (waiting == requests_.end()) return check(false, "a request was answered twice, or never asked");
    pending_request r = waiting->second;
    requests_.erase(waiting);
    check(r.call == id, "an answer from the wrong call");
    using enum pending_request::kind;
    c.may_cancel_again = r.what == accept && !e.result && call::is_final(c.machine.status()) &&
                         e.result.error() != call::refusal_code::call_not_found &&
                         people_[devices_[r.device].account].id == c.machine.facts().callee.who.id;
    if (r.what == resume && e.result) { // it shows the call again; the half-open one that it took over from is closed
        c.told_to[r.sent_by.socket.generation] = {.accepted = 1};
        for (std::size_t other : people_[devices_[r.device].account].devices)
            if (devices_[other].ref != r.sent_by && devices_[other].screen == id) devices_[other].screen.reset();
    }
    if (r.what == initiate && !e.result) check(!c.was_rung, "a refused call rang");
    if (!e.result || (r.what != reject && r.what != cancel && r.what != end)) return;
    device& d = devices_[r.device];
    if (d.ref == r.sent_by && d.screen == id) d.screen.reset();
    if (c.is_released) return;
    check(!told_final_now_.contains(r.sent_by.socket.generation), "who ended the call was told of its own act");
    c.answered_final.insert(people_[d.account].id == c.machine.facts().caller.who.id ? side::caller : side::callee);
}

void world::carry_out(call_id id, live_call& c, call::take_leg const& e) {
    check(!call::is_final(c.machine.status()) || !c.is_released, "a leg was taken after the end");
    if (device* d = find_device(e.device)) d->screen = id;
}

void world::carry_out(call_id id, live_call& c, call::drop_leg const& e) {
    check(c.machine.owner(e.side) != e.device, "the owner gave its side up");
    if (device* d = find_device(e.device); d != nullptr && d->screen == id) d->screen.reset();
}

void world::carry_out(call_id id, live_call& c, call::keep_final_event const& e) {
    check(c.kept_for.insert(e.to).second, "a final event was kept twice");
    auto const& who = c.machine.facts().of(e.to).who.id;
    registry_->keep_final_event({who, realm_, id, e.to, "final", "[]", e.until}, now_, [](auto const&) {});
}

void world::carry_out(call_id id, live_call& c, call::mark_accepted const&) {
    ++calls_accepted_;
    check(c.machine.accepted_at().has_value(), "marked accepted, yet it was not");
    registry_->mark_accepted(id, [&](auto changes) { note(changes); });
}

void world::carry_out(call_id id, live_call& c, call::release const&) {
    check(!std::exchange(c.is_released, true), "a call was released twice");
    check(call::is_final(c.machine.status()), "a live call was released");
    ++calls_ended_;
    check_told_at_end(id, c);
    registry_->release(id, [&](auto released) { note(released.changes); });
    for (side s : {side::caller, side::callee})
        registry_->active_call_of(c.machine.facts().of(s).who.id,
                                  [&](auto a) { check(a && !*a, "a slot is held after the end"); });
}

void world::carry_out(call_id, live_call& c, call::delete_room const&) {
    check(c.machine.status() == call::call_status::completed, "a room was deleted that never was");
}

void world::carry_out(call_id id, live_call& c, call::forget const&) {
    check(c.is_released, "a live call was forgotten");
    check(!c.machine.next_deadline(), "a deadline is left after the end");
    registry_->forget_call(id, [&](auto changes) { check(changes.empty(), "forgetting changed a presence"); });
    registry_->find_call(id, [&](auto home) { check(home && !*home, "a forgotten call is still found"); });
    calls_.erase(id);
}

void world::check_figures(live_call& c, call::closing const& closed) {
    if (closed.status != call::call_status::completed)
        return check(closed.figures == call::figures{} && !closed.accepted_at, "a call without acceptance was billed");
    auto seconds = std::chrono::floor<std::chrono::seconds>(closed.ended_at - *closed.accepted_at).count();
    using enum call::end_reason;
    auto billed = closed.reason == cancelled_late || closed.reason == setup_failed ? 0 : seconds;
    check(closed.figures == call::figures{seconds, billed * 2, billed}, "the figures do not fit the times");
    check(closed.figures == c.machine.figures(), "the record differs from the figures");
    if (!c.paid_from) return;
    auto paid = *c.paid_from / rates_.user;
    check(seconds <= paid, "a prepaid call lasted longer than was paid for");
    check(closed.reason != call::end_reason::coins_exhausted || seconds == paid, "a prepaid call was cut off early");
}

// The store ---------------------------------------------------------------------------------------------------------

void world::work_off(store_write const& w) {
    bool succeeds = w.record.number == 0 || !one_in(8);
    apply_write(w, succeeds);
    if (w.record.number == 0) return;
    using outcome = call::recorded::outcome;
    post(store_shard, w.id, call::recorded{w.record.number, succeeds ? outcome::written : outcome::failed});
}

void world::work_off(top_up const& t) {
    if (one_in(8)) return;
    move_coins(t.account, {}, t.amount);
    by_top_ups_[t.account] += t.amount;
    // As the server's REST does when the store has answered.
    mail_[store_shard].push_back([this, who = t.account] {
        registry_->active_call_of(people_[who].id, [&](ports::agreed<std::optional<ports::involvement>> agreed) {
            auto const& in = *agreed;
            if (is_prepaid_ && in && in->side == side::caller)
                mail_[in->home.shard].push_back(
                    [this, who, call = in->call] { store_queue_.emplace_back(balance_query{who, call}); });
        });
    });
}

void world::work_off(balance_query const& q) {
    std::optional<std::int64_t> coins;
    if (!one_in(8)) coins = people_[q.account].coins;
    mail_[store_shard].push_back([this, q, coins] {
        if (q.number == 0 && claimed_.contains(q.call)) return open_claimed(q.call, coins);
        hear_balance(q.call, {coins, q.number});
    });
}

void world::move_coins(std::size_t account, std::optional<call_id> call, std::int64_t amount) {
    std::int64_t& coins = people_[account].coins;
    coins += amount;
    ledger_.push_back({account, call, amount, coins});
}

void world::bill(store_write const& w, call::closing const& closed) {
    if (closed.status != call::call_status::completed) return;
    auto paid = std::min(people_[w.caller].coins, closed.figures.coins_spent);
    check(!is_prepaid_ || paid == closed.figures.coins_spent, "a prepaid call left something unpaid");
    move_coins(w.caller, w.id, -paid);
    move_coins(w.callee, w.id, closed.figures.coins_earned);
    by_calls_[w.caller] -= paid;
    by_calls_[w.callee] += closed.figures.coins_earned;
}

void world::apply_write(store_write const& w, bool succeeds) {
    using enum call::call_status;
    if (!succeeds) return;
    auto row = store_.find(w.id);
    if (std::holds_alternative<call::opening>(w.record.what)) {
        check(row == store_.end(), "a call was opened twice");
        for (auto const& [id, s] : store_)
            check(call::is_final(s.status) ||
                      (s.caller != w.caller && s.caller != w.callee && s.callee != w.caller && s.callee != w.callee),
                  "the store holds two active calls of an account");
        std::erase_if(store_, [](auto const& entry) { return call::is_final(entry.second.status); });
        store_[w.id] = {w.caller, w.callee, ringing, std::get<call::opening>(w.record.what).facts.created_at, {}, {}};
    } else if (std::holds_alternative<call::answering>(w.record.what)) {
        // After a silence the machine may have closed the call, or have asked again.
        if (row != store_.end() && row->second.status == ringing) {
            row->second.status = accepted;
            row->second.accepted_at = std::get<call::answering>(w.record.what).accepted_at;
        }
    } else if (std::holds_alternative<call::resumption>(w.record.what)) {
        if (row != store_.end()) row->second.lost_at.reset();
    } else if (row != store_.end()) {
        check(!call::is_final(row->second.status), "a call was closed twice");
        auto const& closed = std::get<call::closing>(w.record.what);
        check(closed.status != completed || row->second.status == accepted, "a call was billed that was not accepted");
        check(!row->second.lost_at || closed.ended_at <= std::max(*row->second.lost_at, row->second.accepted_at),
              "an outage was billed that nobody came back from");
        row->second.status = closed.status;
        bill(w, closed);
    }
}

} // namespace ringback::model
