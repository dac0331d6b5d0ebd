#include "registry/redis/membership_core.hpp"

#include "base/log.hpp"
#include "redis/command.hpp"
#include "registry/redis/scripts.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <type_traits>
#include <variant>

namespace ringback::registry {

namespace asio = boost::asio;

namespace {

std::vector<std::string> const tag{"{ringback}"};
/// Redis tells the time in whole milliseconds: a lease may end that much earlier there than it seems here.
constexpr std::chrono::milliseconds clock_step{1};

constexpr std::string_view presence_channel = "{ringback}:presence", gone_channel = "{ringback}:gone",
                           changes_key = "{ringback}:changes";

} // namespace

membership_core::membership_core(asio::any_io_executor executor, redis::client& commands, redis::config subscription,
                                 agreement& shared, clock_source const& clock, cluster_news news)
    : executor_{std::move(executor)},
      commands_{commands},
      shared_{shared},
      clock_{clock},
      news_{std::move(news)},
      subscription_{executor_, std::move(subscription),
                    [this](std::string_view channel, std::string_view text) { hear_published(channel, text); }},
      timer_{executor_} {}

void membership_core::start() {
    shared_.on_wake([weak = weak_from_this(), executor = executor_] {
        asio::post(executor, [weak] {
            if (auto self = weak.lock()) self->drain();
        });
    });
    // A Redis that is back may have forgotten everything: the next tick tells.
    commands_.on_state([weak = weak_from_this()](bool up) {
        if (auto self = weak.lock(); self && !up && !self->is_over_) self->show(false);
    });
    subscription_.on_state([this](bool up) {
        feed_.interrupted();
        if (up) catch_up();
    });
    subscription_.subscribe(std::string{presence_channel});
    subscription_.subscribe(std::string{gone_channel});
}

void membership_core::stop() {
    is_stopped_ = is_over_ = true;
    shared_.on_wake({});
    timer_.cancel();
}

void membership_core::run(operation kind, redis::script const& what, script_words words, asked then) {
    shared_.count(kind);
    words.speak_as(who_.number, "m", session_, epoch_);
    commands_.run(what, tag, words.all(), [self = shared_from_this(), then = std::move(then)](redis::reply r) mutable {
        if (self->is_stopped_) return;
        if (!r || r->is_error()) {
            if (r) spdlog::warn("Redis refuses a script of ours: {}", r->text());
            return then(std::unexpected{obstacle::away});
        }
        auto verdict = item(*r, 0).text();
        if (verdict == "OK") return then(*std::move(r));
        if (verdict == "LOST") return then(std::unexpected{obstacle::lost});
        then(std::unexpected{verdict == "EPOCH" ? obstacle::epoch : obstacle::other});
    });
}

// Every tick ----------------------------------------------------------------------------------------------------------

void membership_core::arm() {
    timer_.expires_after(period_);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
        auto self = weak.lock();
        if (ec || !self || self->is_over_) return;
        self->tick();
        self->arm();
    });
}

void membership_core::tick() {
    if (is_over_ || !has_joined_) return;
    mono_time const now = clock_.now().mono;
    if (auto lost = shared_.unanswered(now); !lost.empty()) news_.on_presence(std::move(lost), presence_origin::here);
    if (now - lingers_looked_at_ >= bounds::between_linger_looks) {
        lingers_looked_at_ = now;
        shared_.held([&](held_here& held) { held.forget_lingers(now); });
    }
    if (!commands_.is_up()) return show(false);
    if (std::exchange(is_ticking_, true)) return;
    if (feed_.is_behind() && subscription_.is_up()) catch_up();
    script_words words;
    words.add(who_.lease.count()).add(answered_tick_).add(bounds::overdue.count()).add(bounds::handed_out.count());
    words.add(std::min(bounds::longest_pulse, who_.lease / 2).count()).add(bounds::due_at_once);
    run(operation::tick, scripts().tick, std::move(words), [this, now](answer a) {
        is_ticking_ = false;
        if (is_over_) return;
        if (a) return hear_tick(now, *a);
        show(false);
        if (a.error() == obstacle::lost) return lose();
        if (a.error() == obstacle::epoch && !is_entering_) ask_store_then_enter();
    });
}

void membership_core::hear_tick(mono_time sent_at, redis::value const& v) {
    shared_.set_valid_until(sent_at + who_.lease - clock_step);
    tell_own(item(v, 1));
    hear_members(item(v, 4), item(v, 6).integer() == 1);
    for (redis::value const& each : item(v, 2).items())
        if (auto number = read_node(each); number && taking_over_.insert(*number).second) news_.on_node_lost(*number);
    for (redis::value const& each : item(v, 3).items())
        if (auto call = read_overdue(each.text())) news_.on_overdue(call->call, call->home, call->times > 1);
    if (item(v, 5).integer() == 1) count_nodes();
    if (item(v, 8).integer() == 1) {
        spdlog::warn("Redis has forgotten what it had answered: this node tells everything again");
        must_enter_ = true;
    }
    answered_tick_ = item(v, 9).integer().value_or(0);
    bool const is_agreed = shared_.now_in() == agreement::phase::agreed;
    show(is_agreed && item(v, 7).integer() == 0);
    if (!is_entering_ && (must_enter_ || shared_.must_tell() || !is_agreed)) enter();
}

void membership_core::hear_members(redis::value const& numbers, bool is_complete) {
    std::set<std::uint32_t> now;
    for (redis::value const& each : numbers.items())
        if (auto number = read_node(each); number && !gone_.contains(*number)) now.insert(*number);
    // In a new epoch who has not come back yet is not gone.
    if (!is_complete) return members_.merge(now);
    std::vector<std::uint32_t> missing;
    std::ranges::set_difference(members_, now, std::back_inserter(missing));
    members_ = std::move(now);
    for (std::uint32_t number : missing)
        say_gone(number);
}

void membership_core::say_gone(std::uint32_t number) {
    members_.erase(number);
    if (number == who_.number || !gone_.insert(number).second) return;
    news_.on_node_gone(number);
}

void membership_core::lose() {
    if (std::exchange(is_over_, true)) return;
    timer_.cancel();
    shared_.set_valid_until({});
    shared_.is_lost();
    show(false);
    spdlog::error("this node was declared lost: it has to join again under a new number");
    news_.on_lost();
}

void membership_core::show(bool up) {
    if (shown_up_ == up) return;
    shown_up_ = up;
    news_.on_state(up);
}

// News ----------------------------------------------------------------------------------------------------------------

void membership_core::tell_own(redis::value const& list) {
    auto changes = read_changes(list);
    if (changes.empty()) return;
    shared_.answered(changes);
    news_.on_presence(std::move(changes), presence_origin::here);
}

void membership_core::tell_departures(redis::value const& list) {
    for (redis::value const& each : list.items())
        if (auto gone = read_departure(each, clock_.now())) news_.on_departure(*std::move(gone));
}

void membership_core::hear_published(std::string_view channel, std::string_view text) {
    if (is_over_) return;
    if (channel == presence_channel) return tell_feed(feed_.hear(text));
    if (auto number = read_node(redis::value::of_text(std::string{text}))) say_gone(*number);
}

void membership_core::tell_feed(std::vector<published> const& news) {
    for (published const& p : news) {
        if (p.node == who_.number) {
            shared_.heard_own(p.changes, clock_.now().mono);
            continue;
        }
        shared_.held([&](held_here& held) { held.note(p.changes); });
        news_.on_presence(p.changes, presence_origin::elsewhere);
    }
}

void membership_core::catch_up() {
    if (!has_joined_ || is_over_ || std::exchange(is_catching_up_, true)) return;
    shared_.count(operation::rebuild);
    std::string const from = std::to_string(feed_.known() + 1) + "-0";
    commands_.send(redis::command("XRANGE", changes_key, from, "+"), [self = shared_from_this()](redis::reply r) {
        self->is_catching_up_ = false;
        if (self->is_over_ || !r || !r->is_array() || !self->subscription_.is_up()) return;
        std::vector<std::string_view> texts;
        for (redis::value const& entry : r->items())
            texts.push_back(item(item(entry, 1), 1).text());
        self->tell_feed(self->feed_.caught_up(texts));
    });
}

void membership_core::drain() {
    if (is_over_) return;
    for (agreement::news& each : shared_.take_news())
        std::visit(
            [this]<typename News>(News& what) {
                if constexpr (std::is_same_v<News, departure>)
                    news_.on_departure(std::move(what));
                else
                    news_.on_presence(std::move(what), presence_origin::here);
            },
            each);
    if (awaits_quiet_) register_when_quiet();
    if (shared_.now_in() == agreement::phase::lost) return lose();
    if (shared_.now_in() == agreement::phase::outside) tick();
}

// Going ---------------------------------------------------------------------------------------------------------------

void membership_core::leave(ports::completion<bool> done) {
    bool const was_in = has_joined_ && !is_over_;
    is_over_ = true;
    timer_.cancel();
    if (!was_in) return done(false);
    run(operation::rebuild, scripts().leave, {}, [this, done = std::move(done)](answer a) mutable {
        shared_.is_lost();
        done(a.has_value());
    });
}

void membership_core::drop_node(std::uint32_t number, std::chrono::milliseconds linger, ports::completion<bool> done) {
    script_words words;
    words.add(number).add(linger.count()).add(who_.lease.count()).add(bounds::chunk);
    run(operation::rebuild, scripts().drop_node, std::move(words),
        [this, number, linger, done = std::move(done)](answer a) mutable {
            if (is_over_ || !a) {
                taking_over_.erase(number);
                return done(false);
            }
            tell_own(item(*a, 1));
            tell_departures(item(*a, 2));
            for (redis::value const& each : item(*a, 4).items())
                if (auto call = call_id::parse(each.text())) news_.on_stranded(*call);
            if (item(*a, 3).integer() != 1) return drop_node(number, linger, std::move(done));
            taking_over_.erase(number);
            done(true);
        });
}

} // namespace ringback::registry
