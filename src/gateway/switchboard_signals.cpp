// What peers send to each other, and how their calls are shown.
#include "gateway/ice_servers.hpp"
#include "gateway/live_call.hpp"
#include "gateway/payloads.hpp"
#include "gateway/station.hpp"

#include <utility>
#include <variant>

namespace ringback::gateway {
namespace {

using call::refusal_code;

/// Of one device, while its answer is being recorded.
constexpr std::size_t max_early = call::signal_queue::max_signals;

std::size_t index_of(call::side s) noexcept { return static_cast<std::size_t>(s); }

} // namespace

void switchboard::relay(sent_signal s) {
    live_call* c = find(s.call);
    auto side = c && c->machine ? c->machine->side_of(s.from) : std::nullopt;
    if (!side || c->machine->facts().of(*side).realm != call::realm::peer)
        return refuse(s.token, refusal_code::call_not_found);
    if (c->machine->answering_device() == s.device) {
        if (c->early.size() == max_early) return refuse(s.token, refusal_code::rate_limited);
        return c->early.push_back(std::move(s));
    }
    if (c->machine->status() != call::call_status::accepted || !goes_on_with(*c, *side, s.device))
        return refuse(s.token, refusal_code::call_not_active);
    if (auto control = control_of(s.kind)) call::apply(*control, c->shown[index_of(*side)]);
    call::side to = other(*side);
    pass_on(*c, to, {++c->signalled[index_of(to)], rules_of(s.kind).event, std::move(s.payload)});
    at_.send(s.token.at,
             request_success{s.token, request_desk::wants_answer(s.token) ? render_done_ok(s.call) : std::string{}});
}

void switchboard::pass_on(live_call& c, call::side to, call::peer_signal s) {
    auto const screens = c.machine->screens(to);
    if (screens.empty()) return c.kept[index_of(to)].keep(std::move(s));
    for (call::device_ref each : screens)
        at_.send(each.socket.at, passed_signal{c.id, to, each, at_.here(), s});
}

void switchboard::take_back(missed_signal s) {
    live_call* c = find(s.call);
    if (!c || is_final(c->machine->status())) return;
    auto const screens = c->machine->screens(s.to);
    if (screens.size() > 1) return; // the others have it
    if (screens.empty() || screens.front() == s.device)
        c->kept[index_of(s.to)].keep(std::move(s.what));
    else
        pass_on(*c, s.to, std::move(s.what));
}

/// To the device that has just come back.
void switchboard::carry_out(live_call& c, call::deliver_kept& e) {
    for (call::peer_signal& s : c.kept[index_of(e.to)].take())
        pass_on(c, e.to, std::move(s));
}

std::optional<std::string> switchboard::describe(call_id const& id, account_id const& party) const {
    live_call* c = find(id);
    if (!c || !c->machine || is_final(c->machine->status())) return std::nullopt;
    auto side = c->machine->side_of(party);
    bool takes_part = side && c->machine->facts().of(*side).realm == call::realm::peer;
    return takes_part ? std::optional{render_resumed(*c->machine, *side, c->shown)} : std::nullopt;
}

/// The attempt is recorded, but nobody is claimed for it.
void switchboard::note_busy(call_id const& id, call_attempt const& attempt) {
    services& shared = at_.shared();
    moment now = at_.now();
    call::call_facts facts{.id = id,
                           .type = attempt.type,
                           .caller = attempt.caller,
                           .callee = attempt.callee,
                           .created_at = now.wall,
                           .expires_at = now.wall + shared.config.calls.ring_timeout};
    call::closing closing;
    closing.status = call::call_status::missed;
    closing.reason = call::end_reason::busy;
    closing.ended_at = now.wall;
    at_.desk().set_call(attempt.token, id);
    shared.seen.ended(facts, closing, {});
    shared.store.write(ports::call_not_begun{{facts},
                                             {.at = now.wall,
                                              .type = std::string{to_string(closing.status)},
                                              .by = facts.caller.who.id.text(),
                                              .device = {attempt.name.begin(), attempt.name.end()},
                                              .node = shared.node,
                                              .details = R"({"reason":"busy"})"}},
                       [](ports::write_outcome) {});
    at_.devices_here().tell(attempt.device.socket, id, on_screen::unchanged, "call:busy",
                            render_busy(facts.callee.who.id, id));
    at_.desk().refuse_quietly(attempt.token, refusal_code::callee_busy);
}

peer_call_view switchboard::view_of(live_call& c, std::string const& media, std::string const& ice_servers) const {
    bool is_direct = at_.shared().config.peers.media == peer_media::p2p;
    return {.facts = c.machine->facts(),
            .metadata = c.metadata,
            .ice_servers = ice_servers,
            .media_key = is_direct ? "iceServers" : "livekit",
            .media = media};
}

rendered_event switchboard::render_for(live_call& c, call::notice const& n, call::side to) {
    static std::string const none;
    std::string const& media = std::holds_alternative<call::accepted>(n) ? media_of(c, to) : none;
    auto const& facts = c.machine->facts();
    if (!facts.is_between_peers()) return render_notice(n, facts, to, media);
    std::string ice;
    if (std::holds_alternative<call::incoming>(n))
        ice = render_ice_servers(at_.shared().config.ice, facts.of(to).who.id, at_.now().wall);
    return render_peer_notice(n, view_of(c, media, ice), to);
}

std::string switchboard::render_answer(live_call& c, call::acknowledgement const& a) {
    static std::string const none;
    auto const& facts = c.machine->facts();
    if (auto const* resumed = std::get_if<call::ack_resumed>(&a)) {
        std::string members = "\"call\":" + render_resumed(*c.machine, resumed->side, c.shown);
        return c.kept[index_of(resumed->side)].has_lost() ? members + ",\"missedEvents\":true" : members;
    }
    bool has_media = std::holds_alternative<call::ack_accepted>(a);
    std::string const& media = has_media ? media_of(c, call::side::callee) : none;
    if (!facts.is_between_peers()) return render_ok(a, facts, media);
    return render_peer_ok(a, view_of(c, media, none));
}

} // namespace ringback::gateway
