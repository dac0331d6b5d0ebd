#include "model_world.hpp"

#include <algorithm>
#include <utility>

namespace ringback::model {

using namespace std::chrono_literals;
using call::side;

namespace {
constexpr std::uint32_t shards = 2;
}

world::world(std::uint64_t seed) : random_{seed} {
    config_.reconnect_grace = one_in(2) ? 0ms : 3'000ms;
    config_.max_duration = one_in(3) ? 20'000ms : 0ms;
    config_.recovery_grace = one_in(4) ? 0ms : 8'000ms;
    config_.max_parked = one_in(4) ? 2 : 64;
    is_prepaid_ = one_in(3);
    realm_ = one_in(2) ? call::realm::peer : call::realm::telecaller;
    std::size_t count = 2 + below(4);
    for (std::size_t i = 0; i < count; ++i) {
        auto coins = static_cast<std::int64_t>(below(100));
        people_.push_back({.id = *account_id::parse("account" + std::to_string(i)),
                           .coins = coins,
                           .at_first = coins,
                           .devices = {}});
        for (std::size_t d = 0; d < 1 + below(3); ++d) {
            people_.back().devices.push_back(devices_.size());
            devices_.push_back({.ref = {}, .account = i, .is_connected = false, .screen = {}});
        }
    }
}

void world::step() {
    if (!violation_.empty()) return;
    if (one_in(400)) return crash();
    switch (below(16)) {
    case 0: return connect_or_leave();
    case 1:
    case 2: return initiate();
    case 3:
    case 4:
    case 5:
    case 6: return request();
    case 7: return one_in(8) ? operate() : deliver_one();
    case 8:
    case 9:
    case 10: return store_works();
    case 11: return time_passes(std::chrono::milliseconds{below(400)});
    case 12: return time_passes(one_in(20) ? 20'000ms : std::chrono::milliseconds{below(30)});
    case 13: return one_in(4) ? buy_coins() : deliver_one();
    default: return deliver_one();
    }
}

// What may happen ----------------------------------------------------------------------------------------------------

void world::connect_or_leave() {
    device& d = devices_[below(devices_.size())];
    if (!d.is_connected) return connect(d);
    if (one_in(2)) disconnect(d, one_in(3) ? call::departure::own_disconnect : call::departure::drop);
}

void world::connect(device& d) {
    d.ref = {{{0, static_cast<std::uint32_t>(below(shards))}, 0, ++socket_numbers_}, realm_};
    d.is_connected = true;
    d.screen.reset();
    registry_->add_device(
        people_[d.account].id, call::role::telecaller, d.ref, now_, [&](ports::agreed<ports::arrival> agreed) {
            ports::arrival& a = *agreed;
            for (auto const& kept : a.kept) {
                check(kept.account == people_[d.account].id && kept.realm == realm_, "a kept event went astray");
                check(kept.until.mono > now_.mono, "a kept event was handed out too late");
                auto c = calls_.find(kept.call);
                if (c != calls_.end())
                    check(c->second.kept_for.erase(kept.side) == 1, "a kept event was handed out twice");
            }
            if (a.active) post(d.ref.socket.at.shard, a.active->call, call::device_joined{a.active->side, d.ref});
            note(a.changes);
        });
}

void world::disconnect(device& d, call::departure how) {
    d.is_connected = false;
    d.screen.reset();
    auto patience = how == call::departure::drop ? config_.reconnect_grace : 0ms;
    moment lost_at = one_in(3) ? now_ + -std::chrono::milliseconds{below(2'000)} : now_;
    registry_->remove_device(people_[d.account].id, d.ref, patience, lost_at.wall, [&](ports::departed gone) {
        if (gone.active)
            post(d.ref.socket.at.shard, gone.active->call,
                 call::device_left{gone.active->side, d.ref, how, lost_at, std::move(gone.remaining)});
        if (gone.linger != 0) lingers_.push_back({d.account, gone.linger});
        note(gone.changes);
    });
}

void world::initiate() {
    std::size_t from = below(devices_.size()), to = below(people_.size());
    device& d = devices_[from];
    if (!d.is_connected || d.account == to) return;
    call_id::bytes b{};
    ++call_numbers_;
    b[9] = static_cast<std::uint8_t>(call_numbers_ >> 16);
    b[10] = static_cast<std::uint8_t>(call_numbers_ >> 8);
    b[11] = static_cast<std::uint8_t>(call_numbers_);
    ports::claim_request claim{.call = call_id{b},
                               .home = d.ref.socket.at,
                               .caller = people_[d.account].id,
                               .caller_realm = realm_,
                               .callee = people_[to].id,
                               .callee_realm = realm_,
                               .can_afford =
                                   !is_prepaid_ || call::can_afford(people_[d.account].coins, rates_.user, 1s)};
    registry_->claim(claim, [&](std::expected<ports::claimed, call::refusal_code> won) {
        if (!won) return;
        if (won->crossing) { // glare: the later request accepts the earlier call
            call::client_request r{{{}, ++tokens_}, claim.caller, d.ref, {}};
            requests_[tokens_] = {pending_request::kind::join, from, won->crossing->call, d.ref};
            return post(d.ref.socket.at.shard, won->crossing->call, call::accept{r, true});
        }
        for (auto const& [id, c] : calls_)
            for (side s : {side::caller, side::callee})
                check(c.is_released || (c.machine.facts().of(s).who.id != claim.caller &&
                                        c.machine.facts().of(s).who.id != claim.callee),
                      "an account is in two active calls");
        call::call_setup setup;
        setup.id = claim.call;
        setup.caller = {{claim.caller, {}, {}}, realm_};
        setup.callee = {{claim.callee, {}, {}}, realm_};
        setup.caller_device = d.ref;
        setup.callee_devices = std::move(won->callee_devices);
        setup.rates = rates_;
        setup.token = {{}, ++tokens_};
        requests_[tokens_] = {pending_request::kind::initiate, from, claim.call, d.ref};
        recent_.push_back(claim.call);
        if (recent_.size() > 3) recent_.erase(recent_.begin());
        if (!is_prepaid_) return open(claim.call, std::move(setup));
        claimed_.emplace(claim.call, claimed_call{std::move(setup), {}});
        store_queue_.emplace_back(balance_query{d.account, claim.call});
    });
}

void world::request() {
    if (recent_.empty()) return;
    using enum pending_request::kind;
    std::size_t from = below(devices_.size());
    device& d = devices_[from];
    call_id about = recent_[below(recent_.size())];
    if (d.screen && one_in(2)) about = *d.screen;
    if (!d.is_connected || !(calls_.contains(about) || claimed_.contains(about))) return;
    call::client_request r{.token = {{}, ++tokens_},
                           .account = people_[d.account].id,
                           .device = d.ref,
                           .limit = one_in(5) ? call::allowance::over_limit : call::allowance::within_limit};
    pending_request waits{accept, from, about, d.ref};
    call::call_event event = call::accept{r};
    switch (below(9)) {
    case 8: // another device of the account names the call, or shows the token of a third one
        waits.what = resume;
        event = call::resume{r, one_in(2) ? call::device_ref{} : devices_[below(devices_.size())].ref};
        break;
    case 0: waits.what = reject, event = call::reject{r, {}}; break;
    case 1: waits.what = cancel, event = call::cancel{r}; break;
    case 2:
    case 3: waits.what = end, event = call::hang_up{r}; break;
    default: break;
    }
    requests_[tokens_] = waits;
    post(d.ref.socket.at.shard, about, std::move(event));
}

void world::operate() {
    if (recent_.empty()) return;
    call_id about = recent_[below(recent_.size())];
    if (!calls_.contains(about) && !claimed_.contains(about)) return;
    requests_[++tokens_] = {pending_request::kind::operate, 0, about, {}};
    post(0, about,
         call::terminate{{{}, tokens_}, one_in(2) ? call::end_reason::admin : call::end_reason::setup_failed});
}

void world::buy_coins() {
    store_queue_.emplace_back(top_up{below(people_.size()), static_cast<std::int64_t>(1 + below(40))});
}

void world::deliver_one() {
    auto waiting = mail_.begin();
    if (mail_.empty()) return;
    std::advance(waiting, static_cast<std::ptrdiff_t>(below(mail_.size())));
    auto deliver = std::move(waiting->second.front());
    waiting->second.pop_front();
    if (waiting->second.empty()) mail_.erase(waiting);
    deliver();
}

void world::store_works() {
    if (store_queue_.empty()) return;
    auto next = std::move(store_queue_.front());
    store_queue_.pop_front();
    std::visit([this](auto const& what) { work_off(what); }, next);
}

// Timers fire on time or late, but time never goes back.
void world::time_passes(std::chrono::milliseconds by) {
    now_ = now_ + by;
    std::vector<call_id> due;
    for (auto const& [id, c] : calls_)
        if (auto at = c.machine.next_deadline(); at && *at <= now_.mono && !one_in(10)) due.push_back(id);
    for (call_id id : due)
        give(id, call::deadline_reached{});
    std::vector<linger> over;
    if (by >= config_.reconnect_grace) over.swap(lingers_);
    for (linger const& l : over)
        registry_->end_linger(people_[l.account].id, realm_, l.number, [&](auto changes) { note(changes); });
}

void world::wind_down() {
    for (device& d : devices_)
        if (d.is_connected) disconnect(d, call::departure::drop);
    for (int round = 0; round < 2'000 && violation_.empty(); ++round) {
        while (!mail_.empty())
            deliver_one();
        if (!store_queue_.empty()) {
            store_works();
            continue;
        }
        if (calls_.empty() && claimed_.empty()) break;
        time_passes(5'000ms);
    }
    time_passes(70'000ms);
    time_passes(70'000ms);
    check(calls_.empty() && claimed_.empty(), "a call was never forgotten");
    check(requests_.empty(), "a request was never answered");
    for (auto const& [id, s] : store_)
        check(call::is_final(s.status), "the store holds a call that never ended");
    for (person const& p : people_)
        registry_->active_call_of(p.id, [&](auto a) { check(a && !*a, "an account is still in a call"); });
    check_ledger();
    check_presence();
    for (person const& p : people_)
        check(p.shown == call::presence::offline, "somebody is online without a device");
    registry_->present_in(realm_, [&](auto all) { check(all && all->empty(), "the registry lists who is gone"); });
}

// Checks -------------------------------------------------------------------------------------------------------------

void world::check(bool holds, char const* what) {
    if (!holds && violation_.empty()) violation_ = what;
}

void world::check_transition(call::call_status before, call::call_machine const& after) {
    using enum call::call_status;
    auto now = after.status();
    if (call::is_final(before)) return check(now == before, "a final status changed");
    check(call::is_final(now) == after.reason().has_value(), "a status without its reason");
    // One event can answer a call and end it (what was parked comes right behind).
    if (now == completed) check(after.accepted_at().has_value(), "completed without acceptance");
    if (now == rejected || now == missed || now == cancelled)
        check(before == ringing && !after.accepted_at(), "an accepted call did not complete");
}

// Every device that shows the call has been told, or has asked for the end itself; nobody shows a call that is over.
void world::check_told_at_end(call_id id, live_call& c) {
    for (device const& d : devices_)
        check(!d.is_connected || d.screen != id, "a device still shows a call that is over");
    if (!c.was_rung) return check(c.kept_for.empty(), "an end was kept of a call that nobody heard of");
    for (side s : {side::caller, side::callee})
        check(!(c.kept_for.contains(s) && c.answered_final.contains(s)), "who ended the call is told again later");
}

void world::note(ports::presence_changes const& changes) {
    for (auto const& change : changes) {
        if (change.realm != realm_) continue;
        person& p = people_[account_index(change.account)];
        check(change.version > p.version, "presence changes are out of order");
        check(change.now != p.shown, "a presence change that is none");
        p.version = change.version;
        p.shown = change.now;
    }
}

void world::check_presence() {
    for (person const& p : people_)
        registry_->presence_of(p.id, realm_, [&](ports::agreed<call::presence> now) {
            check(now == p.shown, "a presence change is missing");
        });
}

// The sum of the ledger, what the balances changed by, and the sum of the calls and purchases: for everybody the same.
void world::check_ledger() {
    std::map<std::size_t, std::int64_t> sums;
    std::set<std::pair<std::size_t, call_id>> once;
    for (ledger_entry const& e : ledger_) {
        sums[e.account] += e.amount;
        check(e.balance == people_[e.account].at_first + sums[e.account] && e.balance >= 0,
              "an entry's balance is not the sum of the entries before it");
        if (e.call) check(once.emplace(e.account, *e.call).second, "a call was billed twice");
    }
    for (std::size_t i = 0; i < people_.size(); ++i) {
        check(people_[i].coins - people_[i].at_first == sums[i], "a balance changed without the ledger");
        check(sums[i] == by_calls_[i] + by_top_ups_[i], "the ledger is not the sum of the calls and purchases");
    }
}

std::size_t world::account_index(account_id const& id) const {
    return static_cast<std::size_t>(std::ranges::find(people_, id, &person::id) - people_.begin());
}

world::device* world::find_device(call::device_ref const& ref) {
    auto found = std::ranges::find_if(devices_, [&](device const& d) { return d.is_connected && d.ref == ref; });
    return found == devices_.end() ? nullptr : &*found;
}

} // namespace ringback::model
