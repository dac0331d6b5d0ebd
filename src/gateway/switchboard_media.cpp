// The media of calls: credentials for the parties, and what the media server says of their rooms.
#include "base/log_line.hpp"
#include "gateway/ice_servers.hpp"
#include "gateway/live_call.hpp"
#include "gateway/payloads.hpp"
#include "gateway/station.hpp"

#include <array>
#include <utility>

namespace ringback::gateway {
namespace {

using answered = std::optional<std::vector<ports::media_participant>>;

/// Who of the parties is in the room. Somebody may be there who is none: an operator, a recorder.
call::media_roster roster_of(std::uint64_t number, answered const& there, call::call_machine const& machine) {
    call::media_roster roster{.number = number, .seats = std::nullopt};
    if (!there) return roster;
    auto& seats = roster.seats.emplace();
    for (ports::media_participant const& each : *there) {
        auto id = account_id::parse(each.identity);
        auto side = id ? machine.side_of(*id) : std::nullopt;
        if (side) seats[static_cast<std::size_t>(*side)] = {each.connection, each.joined_at};
    }
    return roster;
}

call::media_hint::kind hint_of(ports::media_notice::kind k) {
    switch (k) {
    case ports::media_notice::kind::left: return call::media_hint::kind::left;
    case ports::media_notice::kind::removed: return call::media_hint::kind::removed;
    case ports::media_notice::kind::room_finished: return call::media_hint::kind::room_finished;
    default: return call::media_hint::kind::joined;
    }
}

} // namespace

/// Signs the credentials of both parties before an answer is decided, because a call that cannot be set up must not be
/// announced as accepted (races.md row 16).
bool switchboard::prepare_media(live_call& c, call::accept const& e) {
    using enum call::side;
    if (!uses_media_server(c.machine->facts().caller.realm) || c.machine->status() != call::call_status::ringing)
        return true;
    if (c.machine->side_of(e.account) != callee || !c.media[0].empty()) return true;
    auto const& facts = c.machine->facts();
    auto for_caller = mint(facts, caller), for_callee = mint(facts, callee);
    if (!for_caller || !for_callee) return false;
    c.media = {*std::move(for_caller), *std::move(for_callee)};
    return true;
}

void switchboard::refresh_media(wanted_media const& wanted) {
    using call::refusal_code;
    auto const& [id, who, device, token] = wanted;
    live_call* c = find(id);
    auto s = c && c->machine ? c->machine->side_of(who) : std::nullopt;
    if (!s) return refuse(token, refusal_code::call_not_found);
    bool is_talking = c->machine->status() == call::call_status::accepted && goes_on_with(*c, *s, device);
    bool is_direct = c->machine->facts().is_between_peers() && !uses_media_server(c->machine->facts().caller.realm);
    if (!is_talking || is_direct) return refuse(token, refusal_code::call_not_active);
    auto media = mint(c->machine->facts(), *s);
    if (!media) return refuse(token, refusal_code::internal);
    at_.send(token.at, request_success{token, render_refreshed_ok(id, *media)});
}

std::optional<std::string> switchboard::mint(call::call_facts const& facts, call::side s) {
    bool is_direct = facts.is_between_peers() && !uses_media_server(facts.caller.realm);
    if (is_direct) return render_ice_servers(at_.shared().config.ice, facts.of(s).who.id, at_.now().wall);
    if (!at_.shared().media) return "null";
    auto credentials = at_.shared().media->mint(facts.id, facts.type, facts.of(s).who, at_.now().wall);
    if (!credentials) {
        log_line{"media-token-not-signed"}.text("call", facts.id.text()).write(spdlog::level::err);
        return std::nullopt;
    }
    return render_media(*credentials);
}

bool switchboard::uses_media_server(call::realm of_caller) const {
    bool is_direct = of_caller == call::realm::peer && at_.shared().config.peers.media == peer_media::p2p;
    return at_.shared().media && !is_direct;
}

/// Minted once for all that one event tells: the event and the acknowledgement carry the same.
std::string const& switchboard::media_of(live_call& c, call::side s) {
    std::string& media = c.media[static_cast<std::size_t>(s)];
    if (media.empty()) media = mint(c.machine->facts(), s).value_or("null");
    return media;
}

void switchboard::carry_out(live_call& c, call::delete_room&) {
    if (uses_media_server(c.machine->facts().caller.realm)) at_.shared().media->delete_room(c.id);
}

void switchboard::carry_out(live_call& c, call::ask_media& e) {
    auto on_answer = [this, id = c.id, number = e.number](answered there) {
        live_call* of = find(id);
        if (of && of->machine) apply(*of, roster_of(number, there, *of->machine));
    };
    at_.shared().media->list_participants(c.id, at_.back_here<answered>(std::move(on_answer)));
}

/// Of no consequence for anybody who waits: what cannot be written is missing in the history.
void switchboard::carry_out(live_call& c, call::record_media& e) {
    services& shared = at_.shared();
    ports::timeline_event event;
    event.at = e.began_at;
    event.type = "MEDIA_STARTED";
    event.node = shared.node;
    shared.store.write(ports::media_began{c.id, e.began_at, std::move(event)}, [](ports::write_outcome) {});
}

void switchboard::hear(ports::media_notice const& notice) {
    using enum ports::media_notice::kind;
    live_call* c = find(notice.call);
    if (!c || !c->machine || !uses_media_server(c->machine->facts().caller.realm)) return;
    auto id = account_id::parse(notice.who.identity);
    auto side = id ? c->machine->side_of(*id) : std::nullopt;
    bool is_of_the_room = notice.what == room_started || notice.what == room_finished;
    if (!side && !is_of_the_room) return;
    // That a room begins says nothing of a call; but of one that is over it says that somebody came back.
    if (notice.what == room_started && !is_final(c->machine->status())) return;
    apply(*c, call::media_hint{.what = hint_of(notice.what),
                               .side = side.value_or(call::side::caller),
                               .connection = notice.who.connection,
                               .joined_at = notice.who.joined_at});
}

} // namespace ringback::gateway
