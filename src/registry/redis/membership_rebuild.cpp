// How a node comes in, and tells a Redis that has lost its memory what to know.
#include "base/log.hpp"
#include "base/random.hpp"
#include "registry/redis/membership_core.hpp"
#include "registry/redis/scripts.hpp"

#include <algorithm>
#include <utility>

namespace ringback::registry {

namespace {

std::int64_t milliseconds_left(mono_time until, mono_time now) {
    return std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count(), 1);
}

std::string random_word() {
    std::uint64_t number = 0;
    fill_random(std::as_writable_bytes(std::span{&number, 1}));
    return std::to_string(number);
}

void write_down(account_id const& who, held_here::person const& p, mono_time now, script_words& words) {
    std::string devices, lingers, shown, seen;
    for (call::device_ref const& d : p.devices)
        devices += text_of(d) + ';';
    for (std::size_t realm = 0; realm < p.lingers.size(); ++realm) {
        held_here::linger const& l = p.lingers[realm];
        if (l.is_on())
            lingers += std::to_string(realm) + ' ' + std::to_string(l.number) + ' ' +
                       std::to_string(milliseconds_left(l.until, now)) + ';';
        if (!seen.empty()) seen += ' ';
        seen += std::to_string(p.last_seen[realm].time_since_epoch().count());
        if (realm == static_cast<std::size_t>(call::realm::user)) continue;
        if (!shown.empty()) shown += ' ';
        shown += std::to_string(static_cast<unsigned>(p.shown[realm])) + ' ' + std::to_string(p.versions[realm]);
    }
    words.add(who.text()).add(p.role).add(std::move(devices)).add(std::move(lingers));
    words.add(std::move(shown)).add(std::move(seen));
}

void write_down(held_here::held_call const& c, mono_time now, script_words& words) {
    int const state = c.is_released ? 0 : c.is_accepted ? 2 : 1;
    words.add(c.what.call.text()).add(c.what.home.shard).add(c.what.caller.text()).add(c.what.caller_realm);
    words.add(c.what.callee.text()).add(c.what.callee_realm).add(state).add(milliseconds_left(c.rings_until, now));
}

} // namespace

void membership_core::join(identity who, ports::completion<joined> done) {
    who_ = std::move(who);
    period_ = std::clamp(who_.lease / bounds::ticks_per_lease, bounds::shortest_tick, bounds::longest_tick);
    shared_.set_number(who_.number);
    joining_ = std::move(done);
    enter();
}

void membership_core::ask_store_then_enter() {
    is_entering_ = true;
    spdlog::warn("Redis has lost its memory: this node tells what it holds");
    news_.may_register(who_.number, [self = shared_from_this()](bool may) {
        if (self->is_over_) return;
        if (!may) return self->lose();
        self->enter();
    });
}

void membership_core::enter() {
    is_entering_ = true;
    must_enter_ = false;
    shared_.begin_telling();
    register_when_quiet();
}

// What is on its way could come behind what is told, and be older.
void membership_core::register_when_quiet() {
    awaits_quiet_ = !shared_.is_quiet();
    if (awaits_quiet_) return;
    session_ = shared_.next_session();
    script_words words;
    words.add(who_.name).add(who_.store_id).add(who_.lease.count()).add(random_word());
    words.add(bounds::settling.count()).add(feed_.known());
    run(operation::rebuild, scripts().join, std::move(words), [this](answer a) {
        if (is_over_) return;
        if (!a) return give_up(a.error());
        hear_entered(*a);
    });
}

void membership_core::hear_entered(redis::value const& v) {
    if (epoch_ != item(v, 1).text()) {
        epoch_ = item(v, 1).text();
        answered_tick_ = 0;
    }
    if (!has_joined_) feed_.begin_at(static_cast<std::uint64_t>(item(v, 3).integer().value_or(0)));
    if (item(v, 2).integer() == 1) count_nodes();
    write_down_what_is_held();
    tell_next();
}

/// The store knows who is alive: who does not come back to a new memory has to be missed.
void membership_core::count_nodes() {
    news_.known_nodes([self = shared_from_this()](std::vector<std::uint32_t> const& numbers) {
        if (self->is_over_) return;
        script_words words;
        words.add(self->who_.lease.count()).add(self->who_.number);
        for (std::uint32_t number : numbers)
            words.add(number);
        // When it fails, a tick of some node asks for it again.
        self->run(operation::rebuild, scripts().known_nodes, std::move(words), [](answer const&) {});
    });
}

void membership_core::write_down_what_is_held() {
    to_tell_.clear();
    mono_time const now = clock_.now().mono;
    auto piece_for = [&, count = std::size_t{0}](redis::script const& what) mutable -> script_words& {
        if (to_tell_.empty() || to_tell_.back().first != &what || ++count >= bounds::told_at_once) {
            to_tell_.emplace_back(&what, script_words{});
            count = 0;
        }
        return to_tell_.back().second;
    };
    shared_.held([&](held_here const& held) {
        for (auto const& [id, call] : held.calls())
            write_down(call, now, piece_for(scripts().tell_calls));
        for (auto const& [id, person] : held.people())
            write_down(id, person, now, piece_for(scripts().tell_accounts));
    });
}

void membership_core::tell_next() {
    if (to_tell_.empty()) return sweep();
    auto [what, words] = std::move(to_tell_.back());
    to_tell_.pop_back();
    run(operation::rebuild, *what, std::move(words), [this](answer a) {
        if (is_over_) return;
        if (!a) return give_up(a.error());
        tell_own(item(*a, 1));
        tell_next();
    });
}

// What Redis still had of this node and was not told is not true any more.
void membership_core::sweep() {
    script_words words;
    words.add(who_.number).add(0).add(who_.lease.count()).add(bounds::chunk);
    run(operation::rebuild, scripts().drop_node, std::move(words), [this](answer a) {
        if (is_over_) return;
        if (!a) return give_up(a.error());
        tell_own(item(*a, 1));
        tell_departures(item(*a, 2));
        if (item(*a, 3).integer() != 1) return sweep();
        agree();
    });
}

void membership_core::agree() {
    is_entering_ = false;
    shared_.agree(epoch_);
    if (!std::exchange(has_joined_, true)) {
        if (subscription_.is_up()) catch_up();
        arm();
    }
    tick();
    if (auto done = std::exchange(joining_, {})) done({});
}

void membership_core::give_up(obstacle why) {
    is_entering_ = false;
    to_tell_.clear();
    if (auto done = std::exchange(joining_, {})) {
        return done(std::unexpected{why == obstacle::other ? membership::join_errc::other_database
                                                           : membership::join_errc::unavailable});
    }
    if (why == obstacle::lost || why == obstacle::other) lose();
}

} // namespace ringback::registry
