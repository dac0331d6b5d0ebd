// Carries out what the call machines decide: emits, acknowledgements, the store, the registry.
#include "base/log_line.hpp"
#include "gateway/account_changes.hpp"
#include "gateway/live_call.hpp"
#include "gateway/payloads.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"
#include "ports/record_write.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

namespace ringback::gateway {
namespace {

constexpr std::chrono::seconds other_node_writes_within{1};

on_screen screen_effect_of(call::notice const& n) {
    if (std::holds_alternative<call::incoming>(n)) return on_screen::shows_call;
    auto const* cancelled = std::get_if<call::cancelled>(&n);
    if (cancelled && cancelled->why != call::cancelled::because::call_is_over) return on_screen::freed_elsewhere;
    return is_final(n) ? on_screen::freed : on_screen::unchanged;
}

} // namespace

// The parties are free before they are told of the end, because they may call again at once. Before that the end goes
// to the store, and what is kept for who is away is there when somebody who comes finds them free.
bool switchboard::carry_out(live_call& c, call::effects wanted) {
    bool const is_over =
        std::ranges::any_of(wanted, [](call::effect const& e) { return std::holds_alternative<call::release>(e); });
    if (!is_over) {
        carry_out_all(c, wanted);
        return true;
    }
    auto const goes_first = [](call::effect const& e) {
        return std::holds_alternative<call::record>(e) || std::holds_alternative<call::keep_final_event>(e);
    };
    auto const rest = std::ranges::stable_partition(wanted, goes_first);
    carry_out_all(c, {wanted.begin(), rest.begin()});
    c.held.assign(std::move_iterator{rest.begin()}, std::move_iterator{rest.end()});
    c.is_releasing = true;
    at_.registry().release(c.id, [this, id = c.id](ports::released const& freed) { go_on(id, freed); });
    c.is_releasing = false;
    return c.held.empty();
}

void switchboard::go_on(call_id const& id, ports::released const& freed) {
    // Posted, so that the end of the call is told before that they are ONLINE again.
    if (!freed.changes.empty())
        at_.shared().links->post(at_.shard(), [this, changes = freed.changes] { announce(changes); });
    live_call& c = *find(id); // its events wait for this
    c.awaits_closing = !freed.is_agreed && c.closed != live_call::closing::not_sent;
    if (!c.awaits_closing || c.closed != live_call::closing::on_its_way) finish(c);
}

// Only what has been agreed with the other nodes or has been written is told: one of the two keeps a node out that has
// been given up, and what it had decided is decided again by the one that takes its calls over.
void switchboard::hear_of_closing(call_id const& id, ports::write_outcome outcome) {
    live_call* c = find(id);
    if (!c) return;
    bool const is_written = outcome == ports::write_outcome::ok;
    c->closed = is_written ? live_call::closing::written : live_call::closing::refused;
    if (c->awaits_closing) finish(*c);
}

void switchboard::finish(live_call& c) {
    auto rest = std::exchange(c.held, {});
    if (std::exchange(c.awaits_closing, false) && c.closed == live_call::closing::refused) {
        std::erase_if(rest, [](call::effect const& e) { return std::holds_alternative<call::tell>(e); });
        for (call::effect& each : rest)
            if (auto* answer = std::get_if<call::answer>(&each))
                answer->result = std::unexpected{call::refusal_code::internal};
    }
    carry_out_all(c, rest);
    if (!c.is_releasing) after_events(c);
}

void switchboard::carry_out_all(live_call& c, std::span<call::effect> wanted) {
    for (call::effect& each : wanted)
        std::visit([&](auto& one) { carry_out(c, one); }, each);
}

void switchboard::carry_out(live_call& c, call::record& e) {
    services& shared = at_.shared();
    auto const& facts = c.machine->facts();
    auto write = ports::write_of(e, facts, c.name_of(e.device), shared.node);
    if (std::holds_alternative<call::resumption>(e.what)) {
        shared.seen.resumed(facts);
        return shared.store.write(std::move(write), [](ports::write_outcome) {});
    }
    if (auto const* closing = std::get_if<call::closing>(&e.what)) {
        shared.seen.ended(facts, *closing, std::max(at_.now().wall - closing->ended_at, wall_time::duration::zero()));
        tell_operators(c, closing);
        auto complain = [id = c.id](ports::write_outcome outcome) {
            if (outcome == ports::write_outcome::ok) return;
            log_line{"end-not-written"}.text("call", id.text()).write(spdlog::level::warn);
        };
        if (!shared.is_cluster()) return shared.store.write(std::move(write), std::move(complain));
        c.closed = live_call::closing::on_its_way;
        auto on_written = [this, id = c.id, complain](ports::write_outcome outcome) {
            complain(outcome);
            hear_of_closing(id, outcome);
        };
        return shared.store.write(std::move(write), at_.back_here<ports::write_outcome>(std::move(on_written)));
    }
    if (auto* answered = std::get_if<ports::call_answered>(&write))
        answered->has_room = uses_media_server(facts.caller.realm);
    c.record_since = at_.now();
    await_record(c.id, e.number, std::holds_alternative<call::opening>(e.what), std::move(write));
}

void switchboard::await_record(call_id const& id, std::uint64_t number, bool is_opening, ports::call_write write) {
    auto again = is_opening && at_.shared().is_cluster() ? std::optional{write} : std::nullopt;
    auto on_written = [this, id, number, is_opening, again = std::move(again)](ports::write_outcome outcome) mutable {
        live_call* of = find(id);
        if (!of) return;
        // The parties are free, so the end of their last call is being written, by another node.
        if (outcome == ports::write_outcome::conflict && again &&
            at_.now().mono - of->record_since.mono < other_node_writes_within)
            return await_record(id, number, is_opening, *std::move(again));
        using result = call::recorded::outcome;
        bool is_written = outcome == ports::write_outcome::ok;
        using enum call::call_status;
        at_.shared().seen.recorded(of->machine->facts(), is_opening ? ringing : accepted, is_written,
                                   at_.now().mono - of->record_since.mono);
        apply(*of, call::recorded{number, is_written ? result::written : result::failed});
        if (of = find(id); is_written && of && !is_final(of->machine->status())) tell_operators(*of, nullptr);
    };
    at_.shared().store.write(std::move(write), at_.back_here<ports::write_outcome>(std::move(on_written)));
}

void switchboard::carry_out(live_call& c, call::read_balance& e) {
    read_balance(c.id, c.machine->facts().caller.who.id, e.number);
}

void switchboard::carry_out(live_call& c, call::tell& e) {
    auto what = render_for(c, e.what, e.to);
    auto effect = screen_effect_of(e.what);
    if (effect == on_screen::freed) {
        auto& told = c.told[static_cast<std::size_t>(e.to)];
        if (std::ranges::count(told, e.device) == 0)
            told.push_back(e.device);
        else
            effect = on_screen::freed_again; // the answer to what it did after the end
    }
    at_.send(e.device.socket.at, device_notice{e.device.socket, c.id, effect, std::string{what.name},
                                               std::move(what.args), e.to, at_.here()});
}

void switchboard::carry_out(live_call& c, call::answer& e) {
    if (!e.result) return refuse(e.token, e.result.error());
    std::string ok;
    if (request_desk::wants_answer(e.token)) ok = render_answer(c, *e.result);
    at_.send(e.token.at, request_success{e.token, std::move(ok)});
}

void switchboard::refuse(call::request_token token, call::refusal_code code) {
    at_.send(token.at, request_refusal{token, code});
}

void switchboard::carry_out(live_call& c, call::take_leg& e) {
    at_.send(e.device.socket.at, taken_leg{e.device.socket, c.id, at_.here()});
}

void switchboard::carry_out(live_call& c, call::drop_leg& e) {
    at_.send(e.device.socket.at, left_call{e.device.socket, c.id, true});
}

void switchboard::carry_out(live_call& c, call::keep_final_event& e) {
    auto what =
        c.machine->facts().is_between_peers() ? render_peer_final(e.what, c.id) : render_final(e.what, c.id, e.to);
    keep({.account = {},
          .call = c.id,
          .side = e.to,
          .event = std::string{what.name},
          .args = std::move(what.args),
          .until = e.until,
          .is_for_present_too = e.may_be_back},
         c.machine->facts().of(e.to));
}

void switchboard::keep_missed(device_notice const& what) {
    live_call* c = find(what.about);
    if (c && c->machine) {
        // A node that ends may give it back twice, by itself and when it is gone; and another device may have got it.
        auto& told = c->told[static_cast<std::size_t>(what.to)];
        if (std::erase_if(told, [&](call::device_ref d) { return d.socket == what.who; }) == 0) return;
        auto const& party = c->machine->facts().of(what.to);
        auto& gone = c->gone[static_cast<std::size_t>(what.to)];
        gone.push_back({what.who, party.realm});
        if (told.empty()) keep_missed(what, party, gone);
        return;
    }
    // Another node was its home, or it was forgotten meanwhile.
    using read = ports::read_result<std::optional<ports::stored_call>>;
    auto then = [this, what](read const& stored) {
        if (!stored || !*stored || !is_final((*stored)->status)) return;
        auto const& party = (*stored)->facts.of(what.to);
        keep_missed(what, party, {{what.who, party.realm}});
    };
    at_.shared().store.find_call(what.about, at_.back_here<read>(std::move(then)));
}

void switchboard::keep_missed(device_notice const& what, call::party const& party,
                              std::vector<call::device_ref> const& gone) {
    keep({.account = {},
          .call = what.about,
          .side = what.to,
          .event = what.event,
          .args = what.args,
          .until = at_.now() + at_.shared().config.calls.final_event_kept,
          .is_for_present_too = true,
          .gone = gone},
         party);
}

void switchboard::keep(ports::kept_event event, call::party const& party) {
    event.account = party.who.id;
    event.realm = party.realm;
    // In the store too: the next process tells it when this one cannot.
    at_.shared().store.write(ports::keep_untold{event.call, event.side, event.until.wall}, [](ports::write_outcome) {});
    auto tell = [this, id = event.call, to = event.side, name = event.event,
                 args = event.args](std::vector<call::device_ref> const& present) {
        if (present.empty()) return;
        at_.shared().store.write(ports::drop_untold{id, to}, [](ports::write_outcome) {});
        live_call* of = find(id);
        for (call::device_ref each : present) {
            if (of) of->told[static_cast<std::size_t>(to)].push_back(each);
            at_.send(each.socket.at, device_notice{each.socket, id, on_screen::freed, name, args, to, at_.here()});
        }
    };
    at_.registry().keep_final_event(std::move(event), at_.now(), std::move(tell));
}

void switchboard::carry_out(live_call& c, call::mark_accepted&) {
    at_.registry().mark_accepted(c.id, [this](ports::presence_changes const& p) { announce(p); });
}

void switchboard::carry_out(live_call& c, call::release&) {
    for (call::side s : {call::side::caller, call::side::callee}) {
        for (call::device_ref each : c.machine->screens(s))
            at_.send(each.socket.at, left_call{each.socket, c.id});
    }
    active_.fetch_sub(1, std::memory_order_relaxed);
    // Posted, so that what the end of the call has to tell these devices goes first.
    for (auto [device, why] : std::exchange(c.look_again, {}))
        at_.shared().links->post(at_.shard(), [this, device, why] { at_.send(device.at, closing_wish{device, why}); });
    for (account_id const& who : std::exchange(c.suspended, {}))
        at_.shared().links->post(at_.shard(), [this, who] { tell_of_change(at_, who); });
}

void switchboard::carry_out(live_call& c, call::forget&) {
    at_.registry().forget_call(c.id, [this](ports::presence_changes const& p) { announce(p); });
    c.is_forgotten = true;
}

/// What is not over is told once it is written, what is over at once, as the parties are told.
void switchboard::tell_operators(live_call const& c, call::closing const* closing) {
    // Of those at other nodes nobody knows here.
    if (!at_.shared().is_cluster() && at_.shared().call_watchers.load(std::memory_order_relaxed) == 0) return;
    auto status = closing ? closing->status : c.machine->status();
    at_.hub().of("/admin").to(calls_room).emit("call:changed", render_changed(c.machine->facts(), status, closing));
}

void switchboard::announce(ports::presence_changes const& changes) { presence_announcer::announce(at_, changes); }

} // namespace ringback::gateway
