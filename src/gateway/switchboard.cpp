#include "gateway/switchboard.hpp"

#include "gateway/account_changes.hpp"
#include "gateway/live_call.hpp"
#include "gateway/station.hpp"

#include <cstring>
#include <utility>
#include <variant>

namespace ringback::gateway {
namespace {

/// The client's request in an event; null for other events.
call::client_request const* request_in(call::call_event const& event) {
    return std::visit(
        [](auto const& e) -> call::client_request const* {
            if constexpr (std::derived_from<std::decay_t<decltype(e)>, call::client_request>) return &e;
            return nullptr;
        },
        event);
}

/// Who waits for the answer to an event; the null token: nobody.
call::request_token token_of(call::call_event const& event) {
    if (auto const* ending = std::get_if<call::terminate>(&event)) return ending->token;
    auto const* request = request_in(event);
    return request ? request->token : call::request_token{};
}

} // namespace

device_name name_of(socketio::socket const& s) {
    device_name name;
    std::memcpy(name.data(), s.id().data(), name.size());
    return name;
}

switchboard::switchboard(station& at) : at_{at} {}
switchboard::~switchboard() = default;

switchboard::live_call* switchboard::find(call_id const& id) const {
    auto at = calls_.find(id);
    return at == calls_.end() ? nullptr : at->second.get();
}

void switchboard::begin(call_attempt attempt) {
    services& shared = at_.shared();
    call_id id = shared.ids.next(at_.now().wall);
    // Known before it is claimed: from then on others may name it.
    calls_.emplace(id, std::make_unique<live_call>(*this, id));
    known_.store(calls_.size(), std::memory_order_relaxed);
    ports::claim_request claim{.call = id,
                               .home = at_.here(),
                               .caller = attempt.caller.who.id,
                               .caller_realm = attempt.caller.realm,
                               .callee = attempt.callee.who.id,
                               .callee_realm = attempt.callee.realm,
                               .can_afford = attempt.can_afford};
    at_.registry().claim(std::move(claim), [this, id, attempt = std::move(attempt)](auto result) mutable {
        on_claim(id, std::move(attempt), std::move(result));
    });
}

void switchboard::on_claim(call_id const& id, call_attempt attempt,
                           std::expected<ports::claimed, call::refusal_code> result) {
    bool is_peer = attempt.caller.realm == call::realm::peer;
    if (!result) {
        if (is_peer && result.error() == call::refusal_code::callee_busy)
            note_busy(id, attempt);
        else
            refuse(attempt.token, result.error());
        return discard(id);
    }
    if (auto crossing = result->crossing) { // glare: the later request accepts the earlier call
        at_.desk().set_call(attempt.token, crossing->call);
        call::accept joins{{attempt.token, attempt.caller.who.id, attempt.device, {}}, true};
        submit(at_, crossing->home, crossing->call, std::move(joins), attempt.name);
        return discard(id);
    }
    if (at_.shared().is_draining) return give_back(id, attempt.token, call::refusal_code::internal);
    if (!attempt.prepaid_balance) return open(id, std::move(attempt), std::move(result->callee_devices));
    // Read again: before the claim an earlier call of the account could still be billed, and coins that came could not
    // find this call yet. What changes from here on does (read_balance).
    using read = ports::read_result<std::optional<call::account>>;
    account_id caller = attempt.caller.who.id;
    at_.shared().store.find_account(
        std::move(caller), at_.back_here<read>([this, id, attempt = std::move(attempt),
                                                ringing = std::move(result->callee_devices)](read account) mutable {
            open_prepaid(id, std::move(attempt), std::move(ringing), account);
        }));
}

void switchboard::open_prepaid(call_id const& id, call_attempt attempt, std::vector<call::device_ref> ringing,
                               ports::read_result<std::optional<call::account>> const& caller) {
    if (!caller || !*caller) return give_back(id, attempt.token, call::refusal_code::internal);
    std::int64_t coins = (*caller)->coins;
    if (!call::can_afford(coins, attempt.rates.user, at_.shared().config.minimum_paid))
        return give_back(id, attempt.token, call::refusal_code::insufficient_coins);
    attempt.prepaid_balance = coins;
    open(id, std::move(attempt), std::move(ringing));
}

void switchboard::open(call_id const& id, call_attempt attempt, std::vector<call::device_ref> ringing) {
    if (!at_.devices_here().find(attempt.device.socket)) // gone meanwhile: nobody has heard of the call
        return give_back(id, attempt.token, call::refusal_code::internal);
    at_.desk().set_call(attempt.token, id);
    live_call& c = *find(id);
    c.remember_name(attempt.device.socket, attempt.name);
    c.metadata = std::move(attempt.metadata);
    auto const config = config_of(attempt.caller.realm);
    c.machine.emplace(call::call_setup{.id = id,
                                       .type = attempt.type,
                                       .caller = std::move(attempt.caller),
                                       .callee = std::move(attempt.callee),
                                       .caller_device = attempt.device,
                                       .callee_devices = std::move(ringing),
                                       .rates = attempt.rates,
                                       .prepaid_balance = attempt.prepaid_balance,
                                       .token = attempt.token},
                      config, at_.now());
    active_.fetch_add(1, std::memory_order_relaxed);
    c.is_busy = true;
    if (carry_out(c, c.machine->open())) after_events(c);
}

call::call_config switchboard::config_of(call::realm callers) const {
    auto config = at_.shared().config.calls;
    if (callers == call::realm::peer) config.reconnect_grace = at_.shared().config.peers.reconnect_grace;
    if (!uses_media_server(callers)) config.media.reset();
    return config;
}

void switchboard::take_over(ports::inheritance::survivor left, std::shared_ptr<void> under_way) {
    services& shared = at_.shared();
    auto const& [id, type, caller, callee, created_at, expires_at] = left.call.facts;
    live_call& c = *calls_.emplace(id, std::make_unique<live_call>(*this, id)).first->second;
    known_.store(calls_.size(), std::memory_order_relaxed);
    active_.fetch_add(1, std::memory_order_relaxed);
    bool const is_prepaid = caller.realm == call::realm::user && shared.config.billing == billing_mode::prepaid;
    auto const config = config_of(caller.realm);
    c.machine.emplace(
        call::call_survival{.facts = left.call.facts,
                            .accepted_at = *left.call.accepted_at,
                            .lost_at = left.lost_at,
                            .rates = left.call.rates,
                            .prepaid_balance = is_prepaid ? std::optional{left.caller_coins} : std::nullopt},
        config, at_.now());
    at_.registry().take_over({.call = id,
                              .home = at_.here(),
                              .caller = caller.who.id,
                              .caller_realm = caller.realm,
                              .callee = callee.who.id,
                              .callee_realm = callee.realm},
                             [this, id = id, under_way = std::move(under_way)](ports::taken_over const& found) {
                                 welcome_parties(id, found);
                             });
}

/// In a cluster the parties may have come back, to any node, before the call has.
void switchboard::welcome_parties(call_id const& id, ports::taken_over const& found) {
    announce(found.changes);
    for (call::side s : {call::side::caller, call::side::callee})
        for (call::device_ref each : found.devices[static_cast<std::size_t>(s)])
            at_.send(each.socket.at, moved_call{id, s, each, at_.here()});
    if (live_call* c = find(id)) apply(*c, call::deadline_reached{}); // a grace of 0 is over
}

/// The claim came to nothing: both parties are free again.
void switchboard::give_back(call_id const& id, call::request_token token, call::refusal_code why) {
    at_.registry().forget_call(id, [this](ports::presence_changes const& c) { announce(c); });
    refuse(token, why);
    discard(id);
}

void switchboard::submit(station& here, place home, call_id const& call, call::call_event event,
                         device_name const& from) {
    here.send(home, call_input{call, std::move(event), from});
}

void switchboard::deliver(call_id const& id, call::call_event event, device_name const& from) {
    live_call* c = find(id);
    auto const* request = request_in(event);
    if (!c) {
        if (auto token = token_of(event); !token.is_null()) refuse(token, call::refusal_code::call_not_found);
        return;
    }
    if (request) c->remember_name(request->device.socket, from);
    apply(*c, std::move(event));
}

void switchboard::apply(live_call& c, call::call_event event) {
    c.waiting.push_back(std::move(event));
    if (c.is_busy || !c.machine) return;
    if (at_.is_in_doubt()) return doubted_.push_back(c.id);
    c.is_busy = true;
    after_events(c);
}

void switchboard::decide_doubted() {
    for (call_id const& id : std::exchange(doubted_, {})) {
        live_call* c = find(id);
        if (!c || c->is_busy || c->waiting.empty()) continue;
        c->is_busy = true;
        after_events(*c);
    }
}

/// Works off what is waiting. The call may be gone afterwards.
void switchboard::after_events(live_call& c) {
    for (std::size_t i = 0; i < c.waiting.size(); ++i) { // effects may add to it
        call::call_event event = std::move(c.waiting[i]);
        auto const* answer = std::get_if<call::accept>(&event);
        if (answer && !prepare_media(c, *answer)) {
            refuse(answer->token, call::refusal_code::internal);
            event = call::terminate{.token = {}, .reason = call::end_reason::setup_failed};
        }
        if (carry_out(c, c.machine->apply(std::move(event), at_.now()))) continue;
        c.waiting.erase(c.waiting.begin(), c.waiting.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        return; // go_on() comes back here
    }
    c.waiting.clear();
    c.is_busy = false;
    if (!c.early.empty() && c.machine->answering_device().is_null())
        for (sent_signal& each : std::exchange(c.early, {}))
            relay(std::move(each));
    if (c.machine->status() != call::call_status::ringing) c.media = {};
    if (c.is_forgotten) return discard(c.id);
    if (auto due = c.machine->next_deadline()) at_.hub().timers().arm(c, *due);
}

void switchboard::discard(call_id const& id) {
    auto const node = calls_.extract(id);
    for (call::call_event const& unseen : node.mapped()->waiting) // of a claim that came to nothing
        if (auto token = token_of(unseen); !token.is_null()) refuse(token, call::refusal_code::call_not_found);
    known_.store(calls_.size(), std::memory_order_relaxed);
}

bool switchboard::misses(call_id const& id, account_id const& party) const {
    live_call* c = find(id);
    if (!c || !c->machine || is_final(c->machine->status())) return false;
    auto s = c->machine->side_of(party);
    return s && c->machine->screens(*s).empty();
}

/// Whether the device owns its side, also of a survivor that it acts on first.
bool switchboard::goes_on_with(live_call& c, call::side s, call::device_ref device) {
    if (c.machine->is_shared_with(s, device)) apply(c, call::device_acted{s, device});
    return c.machine->owner(s) == device;
}

void switchboard::look_again_after(look_after_call const& wish) {
    live_call* c = find(wish.call);
    if (c && !c->is_over()) return void(c->look_again.emplace_back(wish.device, wish.why));
    at_.send(wish.device.at, closing_wish{wish.device, wish.why});
}

void switchboard::end_for_suspended(suspended_party const& party) {
    deliver(party.call, call::terminate{.token = {}, .reason = call::end_reason::account_suspended}, {});
    live_call* c = find(party.call);
    if (c && !c->is_over()) return void(c->suspended.push_back(party.who));
    tell_of_change(at_, party.who);
}

/// Read here and not taken from who moved the coins: of two movements the answers could come in the wrong order.
void switchboard::read_balance(call_id const& id, account_id const& caller, std::uint64_t answers) {
    using read = ports::read_result<std::optional<call::account>>;
    at_.shared().store.find_account(caller, at_.back_here<read>([this, id, answers](read account) {
        live_call* c = find(id);
        if (!c) return;
        call::balance_changed now{.coins = {}, .answers = answers};
        if (account && *account) now.coins = (*account)->coins;
        apply(*c, now);
    }));
}

} // namespace ringback::gateway
