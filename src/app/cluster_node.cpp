#include "app/cluster_node.hpp"

#include "app/configs.hpp"
#include "base/log.hpp"
#include "gateway/station_codec.hpp"

#include <boost/asio/steady_timer.hpp>

#include <future>
#include <stdexcept>
#include <utility>

namespace ringback::app {
namespace {

using namespace std::chrono_literals;

constexpr auto try_again_after = 250ms;
/// How often the store is asked whether others have given this node up, while Redis cannot say so.
constexpr auto ask_store_every = 500ms;
/// For so long it is believed that they have not.
constexpr auto store_vouches_for = 100ms;
/// A call whose home has been told that it rings for too long is ended for it after this.
constexpr auto home_is_silent = 4s;

} // namespace

cluster_node::cluster_node(settings const& s, identity who, net::server& server, store::sql_store& store,
                           clock_source const& clock)
    : who_{std::move(who)},
      lease_{s.cluster.lease},
      server_{server},
      store_{store},
      clock_{clock},
      agreement_{s.calls.ring_timeout} {
    auto const redis = redis_config_of(s).value();
    std::vector<cluster::node_bus::shard> lines;
    for (std::uint32_t i = 0; i < server.size(); ++i) {
        auto const executor = server.at(i).loop().get_executor();
        clients_.push_back(std::make_unique<redis::client>(executor, redis));
        registries_.push_back(
            std::make_unique<registry::redis_registry>(executor, i, *clients_.back(), agreement_, clock));
        lines.push_back({executor, clients_.back().get()});
    }
    membership_ = std::make_unique<registry::membership>(server.at(0).loop().get_executor(), *clients_[0], redis,
                                                         agreement_, clock, news());
    bus_ = std::make_unique<cluster::node_bus>(
        who_.number, gateway::station_wire_version, redis, std::move(lines), clock,
        cluster::node_bus::listener{[this](std::uint32_t shard, std::string_view m) { calls_->receive(shard, m); },
                                    [this](std::uint32_t shard, std::string_view m) { calls_->take_back(shard, m); },
                                    [this] { calls_->doubt_accounts(); },
                                    [this](mono_time now) { return is_in_doubt(now); }});
}

cluster_node::~cluster_node() { store_.watch_fence({}); }

std::vector<ports::call_registry*> cluster_node::registries() const {
    std::vector<ports::call_registry*> all;
    all.reserve(registries_.size());
    for (auto const& each : registries_)
        all.push_back(each.get());
    return all;
}

void cluster_node::on_first_shard(net::task what) { server_.at(0).post(std::move(what)); }

void cluster_node::later(net::task what) {
    auto timer = std::make_shared<boost::asio::steady_timer>(server_.at(0).loop(), try_again_after);
    timer->async_wait([timer, what = std::move(what)](boost::system::error_code const& e) mutable {
        if (!e) what();
    });
}

registry::cluster_news cluster_node::news() {
    return {
        .on_state =
            [this](bool up) {
                if (up != is_agreed_.exchange(up)) spdlog::info("cluster: {}", up ? "agreed" : "not agreed");
                end_doubt();
            },
        .on_lost =
            [this] {
                spdlog::error("cluster: this node was given up by the others");
                is_lost_ = true;
            },
        .on_node_lost =
            [this](std::uint32_t number) {
                spdlog::warn("cluster: node {} is lost, its calls go on here", number);
                take_over(number);
            },
        .on_node_gone =
            [this](std::uint32_t number) {
                spdlog::info("cluster: node {} is gone", number);
                bus_->forget_node(number);
            },
        .on_overdue = [this](call_id call, place home) { end_overdue(call, home); },
        .on_presence =
            [this](ports::presence_changes changes, registry::presence_origin from) {
                calls_->hear_of_presence(std::move(changes), from == registry::presence_origin::here);
            },
        .on_departure =
            [this](registry::departure gone) {
                moment const now = clock_.now();
                moment const lost_at{now.mono - (now.wall - gone.lost_at), gone.lost_at};
                calls_->lose_device(0, gone.active, gone.device, std::move(gone.remaining), lost_at);
            },
        .on_stranded = [this](call_id call) { tell_end(call); },
        .may_register =
            [this](std::uint32_t, ports::completion<bool> done) {
                using read = ports::read_result<bool>;
                store_.is_lost(
                    back_here<read>([done = std::move(done)](read const& lost) mutable { done(lost && !*lost); }));
            },
        .known_nodes =
            [this](ports::completion<std::vector<std::uint32_t>> done) {
                using read = ports::read_result<std::vector<std::uint32_t>>;
                store_.find_abandoned(clock_.now().wall, 0ms,
                                      back_here<read>([done = std::move(done)](read known) mutable {
                                          done(known ? *std::move(known) : std::vector<std::uint32_t>{});
                                      }));
            },
    };
}

void cluster_node::serve(gateway::gateway& calls) {
    calls_ = &calls;
    calls.set_doubt([this](mono_time now) { return is_in_doubt(now); });
    calls.show_cluster([this] { return figures(); });
    store_.watch_fence([this] { is_lost_ = true; });
}

// A process that was stopped for longer than its lease may have been given up. While Redis is away nobody can give it
// up, but it looks the same from here: a connection that did not answer in that time. Then the store knows.
bool cluster_node::is_in_doubt(mono_time now) {
    bool const is_over = has_left_ || is_lost_;
    if (!is_over && (agreement_.valid_until() >= now || (!is_agreed_ && vouched_until_.load() >= now))) return false;
    was_in_doubt_ = true;
    if (!is_over && !is_agreed_) ask_the_store();
    return true;
}

void cluster_node::join() {
    bus_->when_listening([this] { try_to_join(); });
}

void cluster_node::try_to_join() {
    registry::membership::identity const who{who_.number, who_.name, who_.database, lease_};
    membership_->join(who, [this](registry::membership::joined result) {
        if (result) return spdlog::info("cluster: joined as node {}, {}", who_.number, who_.name);
        if (result.error() == registry::membership::join_errc::other_database)
            is_of_another_database_ = true;
        else
            later([this] { try_to_join(); });
    });
}

void cluster_node::look() {
    if (is_of_another_database_)
        throw std::runtime_error{"cluster.redis_url: the nodes there work with another database than store.url"};
    mono_time const now = clock_.now().mono;
    if (was_in_doubt_.exchange(false) && !is_in_doubt(now)) end_doubt();
    if (!is_agreed_ && now - asked_at_ >= ask_store_every) {
        asked_at_ = now;
        ask_the_store();
    }
}

void cluster_node::end_doubt() {
    calls_->end_doubt();
    bus_->hear_again();
}

void cluster_node::ask_the_store() {
    if (is_asking_.exchange(true)) return;
    using read = ports::read_result<bool>;
    store_.is_lost(back_here<read>([this, asked_at = clock_.now().mono](read const& lost) {
        if (lost && *lost) is_lost_ = true;
        if (lost && !*lost) vouched_until_ = asked_at + store_vouches_for;
        is_asking_ = false;
        if (lost && !*lost && was_in_doubt_.exchange(false)) end_doubt();
    }));
}

void cluster_node::take_over(std::uint32_t lost) {
    wall_time const now = clock_.now().wall;
    auto const until = calls_->inheritance_until(now);
    using read = ports::read_result<ports::taken_node>;
    auto then = [this, lost](read taken) {
        if (!taken) return later([this, lost] { take_over(lost); });
        auto& left = taken->left;
        if (!left.missed.empty() || !left.survivors.empty())
            spdlog::warn("cluster: of node {} {} calls were RINGING and are MISSED, {} were ACCEPTED and may go on",
                         lost, left.missed.size(), left.survivors.size());
        calls_->inherit_from_node(std::move(left), [this, lost] { drop(lost); });
    };
    store_.take_over(lost, now, {.untold_until = until.untold, .sessions_until = until.sessions},
                     back_here<read>(std::move(then)));
}

void cluster_node::drop(std::uint32_t lost) {
    membership_->drop_node(lost, lease_, [lost](bool is_done) {
        if (!is_done) spdlog::warn("cluster: node {} could not be forgotten", lost);
    });
}

/// Its home says so, if it is there; if it does not, the store decides.
void cluster_node::end_overdue(call_id call, place home) {
    mono_time const now = clock_.now().mono;
    std::erase_if(overdue_, [&](auto const& each) { return now - each.second > 10 * home_is_silent; });
    auto const [told, is_new] = overdue_.try_emplace(call, now);
    if (is_new) return calls_->nudge(0, home, call);
    if (now - told->second < home_is_silent) return;
    auto const until = calls_->inheritance_until(clock_.now().wall);
    using read = ports::read_result<std::optional<ports::stored_call>>;
    auto then = [this, call](read ended) {
        if (!ended) return;
        if (!*ended) return tell_end(call); // it said so to the store, and to nobody else
        auto const told_until = calls_->inheritance_until(clock_.now().wall).untold;
        ports::inheritance left;
        for (call::side side : {call::side::caller, call::side::callee})
            left.untolds.push_back({**ended, side, told_until});
        left.missed.push_back(**std::move(ended));
        calls_->inherit_from_node(std::move(left), [] {});
    };
    store_.take_over_call(call, until.untold, back_here<read>(std::move(then)));
}

/// The home of this call cannot, or does not, say how it has ended. Nothing happens when it has not.
void cluster_node::tell_end(call_id call) {
    using read = ports::read_result<std::optional<ports::stored_call>>;
    store_.find_call(call, back_here<read>([this](read found) {
                         if (found && *found && is_final((*found)->status)) calls_->tell_end(**std::move(found));
                     }));
}

bool cluster_node::leave(std::chrono::milliseconds patience) {
    has_left_ = true; // from now on nothing is decided here
    bus_->acknowledge();
    auto const end = std::chrono::steady_clock::now() + patience;
    for (auto state = store_.state(); state.waiting + state.kept != 0 && std::chrono::steady_clock::now() < end;
         state = store_.state())
        std::this_thread::sleep_for(5ms);
    auto told = std::make_shared<std::promise<bool>>();
    auto answer = told->get_future();
    on_first_shard([this, told] { membership_->leave([told](bool is_done) { told->set_value(is_done); }); });
    return answer.wait_until(end) == std::future_status::ready && answer.get();
}

ports::cluster_figures cluster_node::figures() const {
    ports::cluster_figures f;
    f.is_agreed = is_agreed_;
    for (auto const& each : clients_) {
        f.commands += each->commands();
        f.writes += each->round_trips();
    }
    for (std::size_t i = 0; i < registry::operation_count; ++i) {
        auto const o = static_cast<registry::operation>(i);
        f.operations.emplace_back(registry::to_string(o), agreement_.round_trips(o));
    }
    auto const bus = bus_->figures();
    f.messages_sent = bus.sent;
    f.messages_received = bus.received;
    f.packets = bus.packets;
    f.messages_dropped = bus.dropped;
    return f;
}

} // namespace ringback::app
