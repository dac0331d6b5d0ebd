#include "registry/redis/redis_registry.hpp"

#include "registry/redis/scripts.hpp"
#include "registry/redis/shard_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringback::registry {

using namespace ports;

namespace {

using failure = shard_line::failure;
using answer = shard_line::answer;

/// The refusals that the script of a claim names.
constexpr std::array claim_refusals{call::refusal_code::callee_offline, call::refusal_code::callee_busy,
                                    call::refusal_code::callee_unavailable, call::refusal_code::already_in_call,
                                    call::refusal_code::insufficient_coins};

call::refusal_code read_refusal(std::string_view text) {
    auto found = std::ranges::find(claim_refusals, text, [](call::refusal_code c) { return call::to_string(c); });
    return found == claim_refusals.end() ? call::refusal_code::internal : *found;
}

call::presence read_presence(redis::value const& number) {
    return static_cast<call::presence>(std::clamp<std::int64_t>(number.integer().value_or(0), 0, 2));
}

script_words words_of(claim_request const& r) {
    script_words words;
    words.add(r.call.text()).add(r.home.node).add(r.home.shard);
    words.add(r.caller.text()).add(r.caller_realm).add(r.callee.text()).add(r.callee_realm);
    return words;
}

std::int64_t milliseconds(wall_time at) { return at.time_since_epoch().count(); }

template <typename Result>
void refuse(completion<agreed<Result>>& done) {
    done(std::unexpected{registry_errc::unavailable});
}

} // namespace

/// The operations that a call's home reports, whose only answer are changes of presence.
struct redis_registry::core {
    core(boost::asio::any_io_executor executor, std::uint32_t shard, redis::client& commands, agreement& a,
         clock_source const& c)
        : line{std::make_shared<shard_line>(std::move(executor), shard, commands, a)},
          shared{a},
          clock{c} {
        line->start();
    }
    ~core() { line->stop(); }

    presence_changes take_changes(redis::value const& answered) {
        auto changes = read_changes(item(answered, 1));
        shared.answered(changes);
        return changes;
    }
    void tell_changes(redis::value const& answered) {
        if (auto changes = take_changes(answered); !changes.empty()) shared.tell(std::move(changes));
    }
    /// Tells what happened; its answer are changes of presence, and nothing is known of them without it.
    void happen(operation kind, redis::script const& what, script_words words, std::vector<account_id> about,
                std::function<void(held_here&)> here, completion<presence_changes> done);
    std::vector<account_id> parties_of(call_id call) {
        return shared.held([&](held_here const& held) { return held.parties_of(call); });
    }
    void forget_claim(call_id call) {
        happen(operation::forget_call, scripts().forget_call, script_words{}.add(call.text()), {}, {},
               [this](presence_changes changes) {
                   if (!changes.empty()) shared.tell(std::move(changes));
               });
    }

    std::shared_ptr<shard_line> line;
    agreement& shared;
    clock_source const& clock;
};

void redis_registry::core::happen(operation kind, redis::script const& what, script_words words,
                                  std::vector<account_id> about, std::function<void(held_here&)> here,
                                  completion<presence_changes> done) {
    auto waits = std::make_shared<completion<presence_changes>>(std::move(done));
    line->happen({.kind = kind,
                  .what = &what,
                  .words = [words = std::move(words)](bool) { return words; },
                  .told = [this, waits](redis::value const& v) { (*waits)(take_changes(v)); },
                  .alone = [waits] { (*waits)({}); },
                  .late = [this](redis::value const& v) { tell_changes(v); },
                  .about = std::move(about),
                  .here = std::move(here)});
}

redis_registry::redis_registry(boost::asio::any_io_executor executor, std::uint32_t shard, redis::client& commands,
                               agreement& shared, clock_source const& clock)
    : core_{std::make_unique<core>(std::move(executor), shard, commands, shared, clock)} {}

redis_registry::~redis_registry() = default;

// Devices -------------------------------------------------------------------------------------------------------------

void redis_registry::add_device(account_id const& account, call::role role, call::device_ref device, moment now,
                                completion<agreed<arrival>> done) {
    script_words words;
    words.add(account.text()).add(role).add(text_of(device)).add(milliseconds(now.wall));
    core_->line->ask(
        operation::add_device, scripts().add_device, std::move(words),
        [c = core_.get(), account, role, device, now, done = std::move(done)](answer a) mutable {
            if (!a) {
                // The device is refused: it must not stay behind when it was added after all.
                if (a.error() == failure::unknown)
                    c->happen(
                        operation::remove_device, scripts().remove_device,
                        script_words{}.add(account.text()).add(text_of(device)).add(0).add(milliseconds(now.wall)),
                        {account}, [&](held_here& held) { held.suspect(account, device.realm); },
                        [c](presence_changes changes) {
                            if (!changes.empty()) c->shared.tell(std::move(changes));
                        });
                return refuse(done);
            }
            c->shared.held([&](held_here& held) { held.add(account, role, device); });
            arrival result;
            result.changes = c->take_changes(*a);
            result.active = read_involvement(item(*a, 2).text());
            for (redis::value const& each : item(*a, 3).items())
                if (auto kept = read_kept(each.text(), account, now)) result.kept.push_back(*std::move(kept));
            done(std::move(result));
        });
}

void redis_registry::remove_device(account_id const& account, call::device_ref device, std::chrono::milliseconds linger,
                                   wall_time lost_at, completion<departed> done) {
    core* const c = core_.get();
    mono_time const lingers_until = c->clock.now().mono + linger;
    struct state {
        completion<departed> done;
        departed known; ///< what this node knows by itself
    };
    auto s = std::make_shared<state>(std::move(done), departed{});
    c->line->happen(
        {.kind = operation::remove_device,
         .what = &scripts().remove_device,
         .words =
             [c, account, device, lingers_until, is_lingering = linger.count() > 0, lost_at](bool) {
                 auto left = std::chrono::ceil<std::chrono::milliseconds>(lingers_until - c->clock.now().mono).count();
                 return script_words{}
                     .add(account.text())
                     .add(text_of(device))
                     .add(is_lingering ? std::max<std::int64_t>(left, 1) : 0)
                     .add(milliseconds(lost_at));
             },
         .told =
             [c, s, account, device, lingers_until, lost_at](redis::value const& v) {
                 departed result;
                 result.changes = c->take_changes(v);
                 if (item(v, 2).integer() == 1) {
                     result.active = read_involvement(item(v, 3).text());
                     result.was_last = item(v, 4).integer() == 1;
                     result.remaining = read_devices(item(v, 5));
                     result.linger = static_cast<std::uint64_t>(item(v, 6).integer().value_or(0));
                 }
                 c->shared.held([&](held_here& held) {
                     held.remove(account, device, lost_at); // it may have come while its end was on its way
                     if (result.linger != 0) held.lingers(account, device.realm, {lingers_until, result.linger});
                 });
                 s->done(std::move(result));
             },
         .alone =
             [c, s, account, device, lingers_until, linger] {
                 if (linger.count() > 0 && s->known.was_last)
                     c->shared.held([&](held_here& held) { held.lingers(account, device.realm, {lingers_until, 0}); });
                 s->done(s->known);
             },
         .late =
             [c, s, account, device, lingers_until, lost_at](redis::value const& v) {
                 auto number = static_cast<std::uint64_t>(item(v, 6).integer().value_or(0));
                 c->shared.held([&](held_here& held) {
                     held.remove(account, device, lost_at);
                     if (number != 0) held.lingers(account, device.realm, {lingers_until, number});
                 });
                 c->tell_changes(v);
                 auto active = read_involvement(item(v, 3).text());
                 if (active && !s->known.active)
                     c->shared.tell(departure{account, device, *active, read_devices(item(v, 5)), lost_at});
             },
         .about = {account},
         .here = [s, account, device, lost_at](held_here& held) { s->known = held.remove(account, device, lost_at); }});
}

void redis_registry::end_linger(account_id const& account, call::realm realm, std::uint64_t linger,
                                completion<presence_changes> done) {
    if (linger == 0) return done({});
    core_->happen(
        operation::end_linger, scripts().end_linger, script_words{}.add(account.text()).add(realm).add(linger),
        {account}, [account, realm](held_here& held) { held.lingers(account, realm, {}); }, std::move(done));
}

// Calls ---------------------------------------------------------------------------------------------------------------

void redis_registry::claim(claim_request request, completion<std::expected<claimed, call::refusal_code>> done) {
    auto words = words_of(request);
    words.add(request.can_afford ? 1 : 0).add(core_->shared.ring_timeout().count());
    core_->line->ask(operation::claim, scripts().claim, std::move(words),
                     [c = core_.get(), request = std::move(request), done = std::move(done)](answer a) mutable {
                         if (!a) {
                             if (a.error() == failure::unknown) c->forget_claim(request.call);
                             return done(std::unexpected{call::refusal_code::internal});
                         }
                         if (item(*a, 0).text() == "NO") return done(std::unexpected{read_refusal(item(*a, 1).text())});
                         claimed won{.callee_devices = read_devices(item(*a, 1)),
                                     .crossing = read_involvement(item(*a, 2).text())};
                         if (!won.crossing)
                             c->shared.held([&](held_here& held) {
                                 held.begin_call(request, c->clock.now().mono + c->shared.ring_timeout(), false);
                             });
                         done(std::move(won));
                     });
}

void redis_registry::take_over(claim_request left, completion<taken_over> done) {
    core* const c = core_.get();
    auto waits = std::make_shared<completion<taken_over>>(std::move(done));
    c->line->happen({.kind = operation::take_over,
                     .what = &scripts().take_over,
                     .words = [words = words_of(left)](bool) { return words; },
                     .told =
                         [c, waits](redis::value const& v) {
                             taken_over result;
                             result.changes = c->take_changes(v);
                             result.devices = {read_devices(item(v, 2)), read_devices(item(v, 3))};
                             (*waits)(std::move(result));
                         },
                     .alone =
                         [c, waits, left] {
                             taken_over result;
                             c->shared.held([&](held_here& held) {
                                 result.devices = {held.devices_of(left.caller, left.caller_realm),
                                                   held.devices_of(left.callee, left.callee_realm)};
                             });
                             (*waits)(std::move(result));
                         },
                     .late = [c](redis::value const& v) { c->tell_changes(v); },
                     .about = {left.caller, left.callee},
                     .here = [left](held_here& held) { held.begin_call(left, {}, true); }});
}

void redis_registry::mark_accepted(call_id call, completion<presence_changes> done) {
    core_->happen(
        operation::mark_accepted, scripts().mark_accepted, script_words{}.add(call.text()), core_->parties_of(call),
        [call](held_here& held) { held.accept_call(call); }, std::move(done));
}

void redis_registry::release(call_id call, completion<released> done) {
    core* const c = core_.get();
    auto waits = std::make_shared<completion<released>>(std::move(done));
    c->line->happen({.kind = operation::release,
                     .what = &scripts().release,
                     .words = [words = script_words{}.add(call.text())](bool) { return words; },
                     .told =
                         [c, waits](redis::value const& v) {
                             (*waits)({.changes = c->take_changes(v), .is_agreed = item(v, 2).integer() == 1});
                         },
                     .alone = [waits] { (*waits)({}); },
                     .late = [c](redis::value const& v) { c->tell_changes(v); },
                     .about = c->parties_of(call),
                     .here = [call](held_here& held) { held.release_call(call); }});
}

void redis_registry::forget_call(call_id call, completion<presence_changes> done) {
    core_->happen(
        operation::forget_call, scripts().forget_call, script_words{}.add(call.text()), core_->parties_of(call),
        [call](held_here& held) { held.forget_call(call); }, std::move(done));
}

void redis_registry::find_call(call_id call, completion<agreed<std::optional<place>>> done) {
    if (auto home = core_->shared.held([&](held_here const& held) { return held.home_of(call); })) return done(home);
    core_->line->ask(operation::find_call, scripts().find_call, script_words{}.add(call.text()),
                     [done = std::move(done)](answer a) mutable {
                         if (!a) return refuse(done);
                         auto node = read_node(item(*a, 1)), shard = read_node(item(*a, 2));
                         done(node && shard ? std::optional{place{*node, *shard}} : std::nullopt);
                     });
}

void redis_registry::active_call_of(account_id const& account, completion<agreed<std::optional<involvement>>> done) {
    if (auto in = core_->shared.held([&](held_here const& held) { return held.active_of(account); })) return done(in);
    core_->line->ask(operation::active_call_of, scripts().active_call_of, script_words{}.add(account.text()),
                     [done = std::move(done)](answer a) mutable {
                         if (!a) return refuse(done);
                         done(read_involvement(item(*a, 1).text()));
                     });
}

void redis_registry::keep_final_event(kept_event event, moment now, completion<std::vector<call::device_ref>> done) {
    core* const c = core_.get();
    auto e = std::make_shared<kept_event const>(std::move(event));
    auto waits = std::make_shared<completion<std::vector<call::device_ref>>>(std::move(done));
    auto is_told = std::make_shared<bool>(false); // by this node alone
    enum class keep : std::uint8_t { until_one_comes, unless_one_is_there, only_in_mind };
    c->line->happen(
        {.kind = operation::keep_final_event,
         .what = &scripts().keep_final_event,
         .words =
             [e, now, is_told](bool is_late) {
                 script_words words;
                 words.add(e->account.text()).add(e->realm).add(e->call.text()).add(e->side).add(e->event).add(e->args);
                 words.add(milliseconds(e->until.wall)).add(milliseconds(now.wall));
                 // Nobody waits for the devices any more that a late answer could name.
                 auto how = e->is_for_present_too && !is_late ? keep::unless_one_is_there : keep::until_one_comes;
                 words.add(*is_told ? keep::only_in_mind : how).add(bounds::kept_events);
                 std::string gone = ";";
                 for (call::device_ref const& each : e->gone)
                     gone += text_of(each) + ";";
                 return words.add(gone);
             },
         .told = [waits](redis::value const& v) { (*waits)(read_devices(item(v, 1))); },
         .alone =
             [c, e, waits, is_told] {
                 std::vector<call::device_ref> here;
                 if (e->is_for_present_too)
                     here =
                         c->shared.held([&](held_here const& held) { return held.devices_of(e->account, e->realm); });
                 std::erase_if(here, [&](call::device_ref d) { return std::ranges::count(e->gone, d) != 0; });
                 *is_told = !here.empty();
                 (*waits)(std::move(here));
             },
         .late = [](redis::value const&) {}});
}

// Presence and limits -------------------------------------------------------------------------------------------------

void redis_registry::presence_of(account_id const& account, call::realm realm,
                                 completion<agreed<call::presence>> done) {
    core_->line->ask(operation::presence_of, scripts().presence_of, script_words{}.add(account.text()).add(realm),
                     [done = std::move(done)](answer a) mutable {
                         if (!a) return refuse(done);
                         done(read_presence(item(*a, 1)));
                     });
}

void redis_registry::present_in(call::realm realm, completion<agreed<std::vector<present_account>>> done) {
    core_->line->ask(operation::present_in, scripts().present_in, script_words{}.add(realm),
                     [done = std::move(done)](answer a) mutable {
                         if (!a) return refuse(done);
                         std::vector<present_account> all;
                         auto words = item(*a, 1).items();
                         all.reserve(words.size() / 2);
                         for (std::size_t i = 0; i + 1 < words.size(); i += 2)
                             if (auto id = account_id::parse(words[i].text()))
                                 all.push_back({*std::move(id), read_presence(words[i + 1])});
                         done(std::move(all));
                     });
}

void redis_registry::present_among(std::vector<account_id> who, call::realm realm,
                                   completion<agreed<std::vector<present_account>>> done) {
    if (who.empty()) return done(std::vector<present_account>{});
    script_words words;
    words.add(realm);
    for (account_id const& each : who)
        words.add(each.text());
    core_->line->ask(operation::present_among, scripts().present_among, std::move(words),
                     [who = std::move(who), done = std::move(done)](answer a) mutable {
                         if (!a) return refuse(done);
                         std::vector<present_account> there;
                         for (std::size_t i = 0; i < who.size(); ++i) {
                             auto now = read_presence(item(item(*a, 1), i));
                             if (now != call::presence::offline) there.push_back({std::move(who[i]), now});
                         }
                         done(std::move(there));
                     });
}

void redis_registry::counts(completion<agreed<presence_counts>> done) {
    core_->line->ask(operation::counts, scripts().counts, {}, [done = std::move(done)](answer a) mutable {
        if (!a) return refuse(done);
        auto number = [&](std::size_t i) { return static_cast<std::size_t>(item(*a, i).integer().value_or(0)); };
        done(presence_counts{.online_users = number(1), .online_telecallers = number(2)});
    });
}

void redis_registry::take_attempt(limited_action action, std::string_view subject, std::uint32_t limit, mono_time now,
                                  completion<bool> done) {
    if (limit == 0) return done(true);
    std::string key = std::to_string(static_cast<unsigned>(action)) + ':' + std::string{subject};
    core_->line->ask(operation::take_attempt, scripts().take_attempt,
                     script_words{}.add(action).add(std::string{subject}).add(limit),
                     [c = core_.get(), key = std::move(key), limit, now, done = std::move(done)](answer a) mutable {
                         if (!a) return done(c->shared.take_attempt_alone(key, limit, now));
                         done(item(*a, 1).integer() == 1);
                     });
}

} // namespace ringback::registry
