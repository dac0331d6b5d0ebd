#include "registry/memory/memory_registry.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace ringback::registry {

using namespace ports;

namespace {

constexpr std::array shown_realms{call::realm::telecaller, call::realm::peer};

std::size_t index_of(call::realm r) noexcept { return static_cast<std::size_t>(r); }

} // namespace

// Every operation decides under the lock and completes after it: a completion may call the registry again.

void memory_registry::add_device(account_id const& account, call::role role, call::device_ref device, moment now,
                                 completion<agreed<arrival>> done) {
    arrival result;
    {
        std::lock_guard lock{mutex_};
        drop_expired(now.mono);
        auto who = people_.try_emplace(account).first;
        person& p = who->second;
        p.role = role;
        if (std::ranges::find(p.devices, device) == p.devices.end()) {
            if (devices_in(p, device.realm) == 0) ++connected_[index_of(device.realm)];
            p.devices.push_back(device);
        }
        p.linger[index_of(device.realm)] = 0;
        result.active = p.active;
        auto others = std::ranges::stable_partition(p.kept, [&](auto const& k) { return k.realm == device.realm; });
        std::ranges::move(p.kept.begin(), others.begin(), std::back_inserter(result.kept));
        p.kept.erase(p.kept.begin(), others.begin());
        report(*who, result.changes);
    }
    done(std::move(result));
}

void memory_registry::remove_device(account_id const& account, call::device_ref device,
                                    std::chrono::milliseconds linger, wall_time lost_at, completion<departed> done) {
    departed result;
    {
        std::lock_guard lock{mutex_};
        auto who = people_.find(account);
        if (who != people_.end() && std::erase(who->second.devices, device) != 0) {
            person& p = who->second;
            result.active = p.active;
            result.was_last = devices_in(p, device.realm) == 0;
            if (p.active) result.remaining = devices_of(p, device.realm);
            if (result.was_last) {
                --connected_[index_of(device.realm)];
                p.last_seen[index_of(device.realm)] = lost_at;
                if (linger.count() > 0) result.linger = p.linger[index_of(device.realm)] = ++lingers_;
            }
            report(*who, result.changes);
            drop_if_empty(who);
        }
    }
    done(std::move(result));
}

void memory_registry::end_linger(account_id const& account, call::realm realm, std::uint64_t linger,
                                 completion<presence_changes> done) {
    presence_changes changes;
    {
        std::lock_guard lock{mutex_};
        auto who = people_.find(account);
        if (linger != 0 && who != people_.end() && who->second.linger[index_of(realm)] == linger) {
            who->second.linger[index_of(realm)] = 0;
            report(*who, changes);
            drop_if_empty(who);
        }
    }
    done(std::move(changes));
}

void memory_registry::claim(claim_request request, completion<std::expected<claimed, call::refusal_code>> done) {
    auto result = [&] {
        std::lock_guard lock{mutex_};
        return try_claim(request);
    }();
    done(std::move(result));
}

// The order of the checks is the contract's (section 3).
std::expected<claimed, call::refusal_code> memory_registry::try_claim(claim_request const& request) {
    using enum call::refusal_code;
    auto callee = people_.find(request.callee);
    if (callee == people_.end()) return std::unexpected{callee_offline};
    person& theirs = callee->second;
    switch (derive(theirs, request.callee_realm)) {
    case call::presence::offline: return std::unexpected{callee_offline};
    case call::presence::on_call: return std::unexpected{callee_busy};
    case call::presence::online: break;
    }
    claimed result;
    result.callee_devices = devices_of(theirs, request.callee_realm);
    if (result.callee_devices.empty()) return std::unexpected{callee_unavailable};
    auto caller = people_.find(request.caller);
    bool is_called = request.caller_realm == call::realm::peer && caller != people_.end() && caller->second.active &&
                     theirs.active && theirs.active->call == caller->second.active->call &&
                     theirs.active->side == call::side::caller && theirs.active->realm == call::realm::peer;
    if (is_called) {
        result.crossing = theirs.active;
        return result;
    }
    if (caller != people_.end() && caller->second.active) return std::unexpected{already_in_call};
    if (theirs.active) return std::unexpected{callee_busy};
    if (!request.can_afford) return std::unexpected{insufficient_coins};

    involve(request, call::side::caller);
    involve(request, call::side::callee);
    calls_.emplace(request.call, known_call{request.home, request.caller, request.callee});
    return result;
}

memory_registry::people::value_type& memory_registry::involve(claim_request const& in, call::side side) {
    bool const is_caller = side == call::side::caller;
    auto who = people_.try_emplace(is_caller ? in.caller : in.callee).first;
    who->second.active = involvement{
        .call = in.call, .home = in.home, .side = side, .realm = is_caller ? in.caller_realm : in.callee_realm};
    return *who;
}

void memory_registry::take_over(claim_request left, completion<taken_over> done) {
    taken_over result;
    {
        std::lock_guard lock{mutex_};
        for (call::side side : {call::side::caller, call::side::callee}) {
            auto& party = involve(left, side);
            person& p = party.second;
            p.active->is_accepted = true;
            if (p.active->realm == call::realm::telecaller)
                p.role = call::role::telecaller; // no device has said so yet
            result.devices[static_cast<std::size_t>(side)] = devices_of(p, p.active->realm);
            report(party, result.changes);
        }
        calls_.emplace(left.call, known_call{left.home, left.caller, left.callee});
    }
    done(std::move(result));
}

void memory_registry::mark_accepted(call_id call, completion<presence_changes> done) {
    presence_changes changes;
    {
        std::lock_guard lock{mutex_};
        auto known = calls_.find(call);
        if (known != calls_.end() && !known->second.caller.empty()) {
            for (account_id const& party : {known->second.caller, known->second.callee}) {
                auto who = people_.find(party);
                who->second.active->is_accepted = true;
                report(*who, changes);
            }
        }
    }
    done(std::move(changes));
}

void memory_registry::release(call_id call, completion<released> done) {
    released result;
    {
        std::lock_guard lock{mutex_};
        if (auto known = calls_.find(call); known != calls_.end())
            result = {.changes = free_parties(known->second), .is_agreed = true};
    }
    done(std::move(result));
}

void memory_registry::forget_call(call_id call, completion<presence_changes> done) {
    presence_changes changes;
    {
        std::lock_guard lock{mutex_};
        if (auto known = calls_.find(call); known != calls_.end()) {
            changes = free_parties(known->second);
            calls_.erase(known);
        }
    }
    done(std::move(changes));
}

presence_changes memory_registry::free_parties(known_call& call) {
    presence_changes changes;
    if (call.caller.empty()) return changes;
    for (account_id const& party : {std::exchange(call.caller, {}), std::exchange(call.callee, {})}) {
        auto who = people_.find(party);
        who->second.active.reset();
        report(*who, changes);
        drop_if_empty(who);
    }
    return changes;
}

void memory_registry::find_call(call_id call, completion<agreed<std::optional<place>>> done) {
    std::optional<place> result;
    {
        std::lock_guard lock{mutex_};
        if (auto known = calls_.find(call); known != calls_.end()) result = known->second.home;
    }
    done(result);
}

void memory_registry::active_call_of(account_id const& account, completion<agreed<std::optional<involvement>>> done) {
    std::optional<involvement> result;
    {
        std::lock_guard lock{mutex_};
        if (auto who = people_.find(account); who != people_.end()) result = who->second.active;
    }
    done(result);
}

void memory_registry::keep_final_event(kept_event event, moment now, completion<std::vector<call::device_ref>> done) {
    std::vector<call::device_ref> present;
    {
        std::lock_guard lock{mutex_};
        drop_expired(now.mono);
        if (auto who = people_.find(event.account); event.is_for_present_too && who != people_.end())
            present = devices_of(who->second, event.realm);
        std::erase_if(present, [&](call::device_ref d) { return std::ranges::count(event.gone, d) != 0; });
        if (present.empty() && event.until.mono > now.mono) keep(std::move(event));
    }
    done(std::move(present));
}

void memory_registry::keep(kept_event event) {
    auto& kept = people_[event.account].kept;
    if (kept.size() == max_kept) kept.erase(kept.begin());
    expiries_.emplace_back(event.until.mono, event.account);
    kept.push_back(std::move(event));
}

void memory_registry::presence_of(account_id const& account, call::realm realm,
                                  completion<agreed<call::presence>> done) {
    auto result = call::presence::offline;
    {
        std::lock_guard lock{mutex_};
        if (auto who = people_.find(account); who != people_.end()) result = derive(who->second, realm);
    }
    done(result);
}

void memory_registry::present_in(call::realm realm, completion<agreed<std::vector<present_account>>> done) {
    std::vector<present_account> result;
    {
        std::lock_guard lock{mutex_};
        result.reserve(present_[index_of(realm)].size());
        for (account_id const& account : present_[index_of(realm)])
            result.push_back({account, people_.at(account).reported[index_of(realm)]});
    }
    done(std::move(result));
}

void memory_registry::present_among(std::vector<account_id> who, call::realm realm,
                                    completion<agreed<std::vector<present_account>>> done) {
    std::vector<present_account> result;
    {
        std::lock_guard lock{mutex_};
        for (account_id& account : who) {
            auto at = people_.find(account);
            if (at == people_.end() || at->second.reported[index_of(realm)] == call::presence::offline) continue;
            result.push_back({std::move(account), at->second.reported[index_of(realm)]});
        }
    }
    done(std::move(result));
}

void memory_registry::counts(completion<agreed<presence_counts>> done) {
    presence_counts result;
    {
        std::lock_guard lock{mutex_};
        result.online_users = connected_[index_of(call::realm::user)];
        result.online_telecallers = connected_[index_of(call::realm::telecaller)];
    }
    done(result);
}

void memory_registry::take_attempt(limited_action action, std::string_view subject, std::uint32_t limit, mono_time now,
                                   completion<bool> done) {
    std::string key{static_cast<char>('a' + static_cast<int>(action))};
    key += subject;
    bool is_admitted = [&] {
        std::lock_guard lock{limiter_mutex_};
        return limiter_.take(key, limit, now);
    }();
    done(is_admitted);
}

std::vector<call::device_ref> memory_registry::devices_of(person const& p, call::realm realm) {
    std::vector<call::device_ref> there;
    std::ranges::copy_if(p.devices, std::back_inserter(there),
                         [&](call::device_ref const& d) { return d.realm == realm; });
    return there;
}

std::size_t memory_registry::devices_in(person const& p, call::realm realm) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(p.devices, [&](call::device_ref const& d) { return d.realm == realm; }));
}

call::reachability memory_registry::reach_of(person const& p, call::realm realm) noexcept {
    if (devices_in(p, realm) != 0) return call::reachability::connected;
    return p.linger[index_of(realm)] != 0 ? call::reachability::lingering : call::reachability::gone;
}

call::presence memory_registry::derive(person const& p, call::realm realm) noexcept {
    if (realm == call::realm::user) return call::presence::offline;
    if (realm == call::realm::telecaller && p.role != call::role::telecaller) return call::presence::offline;
    return call::derive_presence(p.active && p.active->is_accepted, reach_of(p, realm));
}

// Contacts are told of who comes to `/` and leaves it, not of who talks elsewhere.
call::presence memory_registry::shown(person const& p, call::realm realm) noexcept {
    bool is_elsewhere = realm == call::realm::peer && reach_of(p, realm) == call::reachability::gone;
    return is_elsewhere ? call::presence::offline : derive(p, realm);
}

// The one place where a change of presence is noticed, so that each is announced once.
void memory_registry::report(people::value_type& who, presence_changes& changes) {
    auto& [account, p] = who;
    for (call::realm realm : shown_realms) {
        auto now = shown(p, realm);
        auto& before = p.reported[index_of(realm)];
        if (now == before) continue;
        before = now;
        if (now == call::presence::offline)
            present_[index_of(realm)].erase(account);
        else
            present_[index_of(realm)].insert(account);
        changes.push_back({account, realm, now, ++versions_, p.last_seen[index_of(realm)]});
    }
}

void memory_registry::drop_if_empty(people::iterator who) {
    person const& p = who->second;
    bool is_lingering = std::ranges::any_of(p.linger, [](std::uint64_t n) { return n != 0; });
    if (p.devices.empty() && !p.active && p.kept.empty() && !is_lingering) people_.erase(who);
}

void memory_registry::drop_expired(mono_time now) {
    while (!expiries_.empty() && expiries_.front().first <= now) {
        if (auto who = people_.find(expiries_.front().second); who != people_.end()) {
            std::erase_if(who->second.kept, [&](kept_event const& k) { return k.until.mono <= now; });
            drop_if_empty(who);
        }
        expiries_.pop_front();
    }
}

} // namespace ringback::registry
