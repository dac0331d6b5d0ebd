// The part of the model that stands for the server around the machine: mailboxes, effects, the store's rows.
#include "model_world.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace ringback::model {

using call::side;

void world::post(std::uint32_t from_shard, call_id to, call::call_event event) {
    mail_[from_shard].push_back([this, to, event = std::move(event)]() mutable { give(to, std::move(event)); });
}

void world::give(call_id to, call::call_event event) {
    auto found = calls_.find(to);
    if (found == calls_.end()) { // forgotten meanwhile: the gateway answers from the store
        std::visit(
            [this](auto const& e) {
                if constexpr (requires { e.token; }) requests_.erase(e.token.number);
            },
            event);
        return;
    }
    auto& machine = found->second.machine;
    auto before = machine.status();
    auto effects = machine.apply(std::move(event), now_);
    check_transition(before, machine);
    carry_out(to, effects);
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
    check(is_closing == (e.number == 0), "only a closing is not waited for");
    check(!c.is_released, "a record after the release");
    if (is_closing) told_final_now_.clear();
    if (is_closing) settle_account(id, c, std::get<call::closing>(e.what));
    auto const& f = c.machine.facts();
    writes_.push_back({id, e, account_index(f.caller.who.id), account_index(f.callee.who.id)});
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
    } else if (!std::exchange(c.may_cancel_again, false)) {
        check(++t.final == 1, "a device was told twice that it is over");
        told_final_now_.insert(e.device.socket.generation);
        check(t.incoming + t.ringing + t.accepted > 0 || c.machine.owner(e.to) == e.device,
              "a device was told of the end of a call that it never heard of");
    }
    device* d = find_device(e.device);
    if (d == nullptr) return; // gone meanwhile
    if (!is_final)
        d->screen = id;
    else if (d->screen == id)
        d->screen.reset();
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

void world::carry_out(call_id id, live_call& c, call::keep_final_event const& e) {
    check(c.kept_for.insert(e.to).second, "a final event was kept twice");
    auto const& who = c.machine.facts().of(e.to).who.id;
    registry_.keep_final_event({who, realm_, id, e.to, e.what, e.until}, now_);
}

void world::carry_out(call_id id, live_call& c, call::mark_accepted const&) {
    ++calls_accepted_;
    check(c.machine.accepted_at().has_value(), "marked accepted, yet it was not");
    registry_.mark_accepted(id, [&](auto changes) { note(changes); });
}

void world::carry_out(call_id id, live_call& c, call::release const&) {
    check(!std::exchange(c.is_released, true), "a call was released twice");
    check(call::is_final(c.machine.status()), "a live call was released");
    ++calls_ended_;
    check_told_at_end(id, c);
    registry_.release(id, [&](auto changes) { note(changes); });
    for (side s : {side::caller, side::callee})
        registry_.active_call_of(c.machine.facts().of(s).who.id,
                                 [&](auto a) { check(!a, "a slot is held after the end"); });
}

void world::carry_out(call_id, live_call& c, call::delete_room const&) {
    check(c.machine.status() == call::call_status::completed, "a room was deleted that never was");
}

void world::carry_out(call_id id, live_call& c, call::forget const&) {
    check(c.is_released, "a live call was forgotten");
    check(!c.machine.next_deadline(), "a deadline is left after the end");
    registry_.forget_call(id, [&](auto changes) { check(changes.empty(), "forgetting changed a presence"); });
    registry_.find_call(id, [&](auto home) { check(!home, "a forgotten call is still found"); });
    calls_.erase(id);
}

void world::settle_account(call_id, live_call& c, call::closing const& closed) {
    if (closed.status != call::call_status::completed)
        return check(closed.figures == call::figures{} && !closed.accepted_at, "a call without acceptance was billed");
    auto seconds = std::chrono::floor<std::chrono::seconds>(closed.ended_at - *closed.accepted_at).count();
    auto billed = closed.reason == call::end_reason::cancelled_late ? 0 : seconds;
    check(closed.figures == call::figures{seconds, billed * 2, billed}, "the figures do not fit the times");
    check(closed.figures == c.machine.figures(), "the record differs from the figures");
    person& payer = people_[account_index(c.machine.facts().caller.who.id)];
    if (is_prepaid_) check(payer.coins >= closed.figures.coins_spent, "a prepaid call cost more than was there");
    payer.coins -= std::min(payer.coins, closed.figures.coins_spent);
    people_[account_index(c.machine.facts().callee.who.id)].coins += closed.figures.coins_earned;
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
        store_[w.id] = {w.caller, w.callee, ringing};
    } else if (std::holds_alternative<call::answering>(w.record.what)) {
        // After a silence the machine may have closed the call, or have asked again.
        if (row != store_.end() && row->second.status == ringing) row->second.status = accepted;
    } else if (row != store_.end()) {
        check(!call::is_final(row->second.status), "a call was closed twice");
        row->second.status = std::get<call::closing>(w.record.what).status;
    }
}

} // namespace ringback::model
