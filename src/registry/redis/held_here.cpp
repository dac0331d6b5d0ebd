#include "registry/redis/held_here.hpp"

#include <algorithm>
#include <iterator>

namespace ringback::registry {

namespace {

std::size_t index_of(call::realm r) noexcept { return static_cast<std::size_t>(r); }

std::vector<call::device_ref> in_realm(std::vector<call::device_ref> const& devices, call::realm realm) {
    std::vector<call::device_ref> there;
    std::ranges::copy_if(devices, std::back_inserter(there),
                         [&](call::device_ref const& d) { return d.realm == realm; });
    return there;
}

} // namespace

void held_here::add(account_id const& account, call::role role, call::device_ref device) {
    person& p = people_[account];
    p.role = role;
    p.lingers[index_of(device.realm)] = {};
    if (std::ranges::find(p.devices, device) == p.devices.end()) p.devices.push_back(device);
}

ports::departed held_here::remove(account_id const& account, call::device_ref device, wall_time lost_at) {
    ports::departed gone;
    auto who = people_.find(account);
    if (who == people_.end() || std::erase(who->second.devices, device) == 0) return gone;
    person& p = who->second;
    p.last_seen[index_of(device.realm)] = lost_at;
    gone.active = p.active;
    auto remaining = in_realm(p.devices, device.realm);
    gone.was_last = remaining.empty();
    if (p.active) gone.remaining = std::move(remaining);
    drop_if_empty(who);
    return gone;
}

void held_here::lingers(account_id const& account, call::realm realm, linger how) {
    auto who = people_.find(account);
    if (!how.is_on() && who == people_.end()) return;
    if (who == people_.end()) who = people_.try_emplace(account).first;
    who->second.lingers[index_of(realm)] = how;
    drop_if_empty(who);
}

void held_here::begin_call(ports::claim_request const& what, mono_time rings_until, bool is_accepted) {
    calls_[what.call] = {what, is_accepted, false, rings_until};
    for (call::side side : {call::side::caller, call::side::callee}) {
        bool const is_caller = side == call::side::caller;
        people_[is_caller ? what.caller : what.callee].active = ports::involvement{
            what.call, what.home, side, is_caller ? what.caller_realm : what.callee_realm, is_accepted};
    }
}

void held_here::accept_call(call_id call) {
    auto known = calls_.find(call);
    if (known == calls_.end() || known->second.is_released) return;
    known->second.is_accepted = true;
    for (account_id const& party : {known->second.what.caller, known->second.what.callee})
        if (auto who = people_.find(party);
            who != people_.end() && who->second.active && who->second.active->call == call)
            who->second.active->is_accepted = true;
}

void held_here::release_call(call_id call) {
    auto known = calls_.find(call);
    if (known == calls_.end() || known->second.is_released) return;
    known->second.is_released = true;
    for (account_id const& party : {known->second.what.caller, known->second.what.callee}) {
        auto who = people_.find(party);
        if (who == people_.end() || !who->second.active || who->second.active->call != call) continue;
        who->second.active.reset();
        drop_if_empty(who);
    }
}

void held_here::forget_call(call_id call) {
    release_call(call);
    calls_.erase(call);
}

void held_here::note(ports::presence_changes const& changes) {
    for (ports::presence_change const& c : changes) {
        auto who = people_.find(c.account);
        auto const r = index_of(c.realm);
        if (who == people_.end() || who->second.versions[r] >= c.version) continue;
        who->second.versions[r] = c.version;
        who->second.shown[r] = c.now;
        if (c.now != call::presence::offline) continue;
        who->second.lingers[r] = {}; // it came back elsewhere meanwhile, and went
        drop_if_empty(who);
    }
}

void held_here::suspect(account_id const& account, call::realm realm) {
    if (realm == call::realm::user) return;
    person& p = people_[account];
    p.shown[index_of(realm)] = call::presence::online;
    p.versions[index_of(realm)] = std::max<std::uint64_t>(p.versions[index_of(realm)], 1);
}

void held_here::pin(account_id const& account) { ++people_[account].pins; }

void held_here::unpin(account_id const& account) {
    auto who = people_.find(account);
    if (who == people_.end() || who->second.pins == 0) return;
    --who->second.pins;
    drop_if_empty(who);
}

void held_here::forget_lingers(mono_time now) {
    for (auto who = people_.begin(); who != people_.end();) {
        auto each = who++;
        bool is_over = false;
        for (linger& l : each->second.lingers) {
            if (!l.is_on() || l.until > now) continue;
            l = {};
            is_over = true;
        }
        if (is_over) drop_if_empty(each);
    }
}

std::optional<place> held_here::home_of(call_id call) const {
    auto known = calls_.find(call);
    return known == calls_.end() ? std::nullopt : std::optional{known->second.what.home};
}

std::optional<ports::involvement> held_here::active_of(account_id const& account) const {
    auto who = people_.find(account);
    return who == people_.end() ? std::nullopt : who->second.active;
}

std::vector<account_id> held_here::parties_of(call_id call) const {
    auto known = calls_.find(call);
    if (known == calls_.end()) return {};
    return {known->second.what.caller, known->second.what.callee};
}

std::vector<call::device_ref> held_here::devices_of(account_id const& account, call::realm realm) const {
    auto who = people_.find(account);
    return who == people_.end() ? std::vector<call::device_ref>{} : in_realm(who->second.devices, realm);
}

void held_here::drop_if_empty(people_map::iterator who) {
    person const& p = who->second;
    bool is_lingering = std::ranges::any_of(p.lingers, [](linger const& l) { return l.is_on(); });
    if (p.devices.empty() && p.pins == 0 && !p.active && !is_lingering) people_.erase(who);
}

} // namespace ringback::registry
