// How the end of a call is agreed, and how it reaches who was not there to hear it: each party once.
#include "gateway/live_call.hpp"
#include "gateway/payloads.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/station.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace ringback::gateway {

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

void switchboard::carry_out(live_call& c, call::keep_final_event& e) {
    auto what =
        c.machine->facts().is_between_peers() ? render_peer_final(e.what, c.id) : render_final(e.what, c.id, e.to);
    auto const& party = c.machine->facts().of(e.to);
    keep({.account = party.who.id,
          .realm = party.realm,
          .call = c.id,
          .side = e.to,
          .event = std::string{what.name},
          .args = std::move(what.args),
          .until = e.until,
          .is_for_present_too = e.may_be_back});
}

void switchboard::keep_missed(device_notice const& what) {
    if (live_call* c = find(what.about); c && c->machine) {
        // A node that ends may give it back twice, by itself and when it is gone; and another device may have got it.
        auto& told = c->told[static_cast<std::size_t>(what.to)];
        if (std::erase_if(told, [&](call::device_ref d) { return d.socket == what.who; }) == 0) return;
        auto const& party = c->machine->facts().of(what.to);
        auto& gone = c->gone[static_cast<std::size_t>(what.to)];
        gone.push_back({what.who, party.realm});
        if (told.empty()) keep_missed(what, party, gone);
        return;
    }
    // Another node was its home, or it was forgotten meanwhile: nobody counts who was told.
    if (what.is_second_try) return;
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
    keep({.account = party.who.id,
          .realm = party.realm,
          .call = what.about,
          .side = what.to,
          .event = what.event,
          .args = what.args,
          .until = at_.now() + at_.shared().config.calls.final_event_kept,
          .is_for_present_too = true,
          .gone = gone});
}

void switchboard::keep(ports::kept_event what) {
    // In the store too: the next process tells it when this one cannot.
    at_.shared().store.write(ports::keep_untold{what.call, what.side, what.until.wall}, [](ports::write_outcome) {});
    auto tell = [this, what](std::vector<call::device_ref> const& present) {
        if (present.empty()) return;
        at_.shared().store.write(ports::drop_untold{what.call, what.side}, [](ports::write_outcome) {});
        live_call* of = find(what.call);
        for (call::device_ref each : present) {
            if (of) of->told[static_cast<std::size_t>(what.side)].push_back(each);
            at_.send(each.socket.at, device_notice{each.socket, what.call, on_screen::freed, what.event, what.args,
                                                   what.side, at_.here(), true});
        }
    };
    at_.registry().keep_final_event(std::move(what), at_.now(), std::move(tell));
}

} // namespace ringback::gateway
