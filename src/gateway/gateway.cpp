#include "gateway/gateway.hpp"

#include "base/log_line.hpp"
#include "gateway/services.hpp"
#include "gateway/station.hpp"
#include "gateway/station_codec.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace ringback::gateway {

gateway::gateway(gateway_config config, std::shared_ptr<shard_links> links, gateway_ports const& ports)
    : shared_{std::make_unique<services>(std::move(config), std::move(links), ports.store, ports.outbox,
                                         ports.registries, ports.media, ports.verifier, ports.bus, ports.nodes,
                                         ports.node)} {
    for (std::uint32_t shard = 0; shard < shared_->links->size(); ++shard) {
        stations_.push_back(std::make_unique<station>(*shared_, shard));
        shared_->stations.push_back(stations_.back().get());
    }
    if (shared_->is_cluster())
        shared_->accounts.on_refreshed([this](std::uint32_t shard, account_id const& who) {
            stations_[shard]->send_to_other_nodes(changed_account{who});
        });
}

gateway::~gateway() = default;

std::uint32_t gateway::home_of(call_id const& call) const {
    return static_cast<std::uint32_t>(std::hash<call_id>{}(call) % stations_.size());
}

void gateway::note_missed(ports::inheritance const& left, wall_time now) {
    for (auto const& missed : left.missed)
        shared_->seen.ended(missed.facts,
                            {.status = missed.status,
                             .reason = missed.reason.value(),
                             .accepted_at = {},
                             .ended_at = missed.ended_at.value(),
                             .rates = {},
                             .figures = {}},
                            now - *missed.ended_at);
}

void gateway::keep_untold(station& at, ports::inheritance::untold const& untold, moment now, bool is_for_present_too) {
    auto const& call = untold.call;
    auto const& party = call.facts.of(untold.side);
    auto const notice = call::final_notice(untold.side, call.status, call.reason.value(), call.figures,
                                           to_string(call::end_reason::rejected));
    auto what = call.facts.is_between_peers() ? render_peer_final(notice, call.facts.id)
                                              : render_final(notice, call.facts.id, untold.side);
    ports::kept_event kept{.account = party.who.id,
                           .realm = party.realm,
                           .call = call.facts.id,
                           .side = untold.side,
                           .event = std::string{what.name},
                           .args = std::move(what.args),
                           .until = now + (untold.until - now.wall),
                           .is_for_present_too = is_for_present_too};
    auto tell = [&at, kept](std::vector<call::device_ref> const& present) {
        if (present.empty()) return;
        at.shared().store.write(ports::drop_untold{kept.call, kept.side}, [](ports::write_outcome) {});
        for (call::device_ref each : present)
            at.send(each.socket.at, device_notice{each.socket, kept.call, on_screen::freed, kept.event, kept.args,
                                                  kept.side, at.here()});
    };
    at.registry().keep_final_event(kept, now, std::move(tell));
}

void gateway::inherit(ports::inheritance left, moment now) {
    note_missed(left, now.wall);
    for (auto& survivor : left.survivors) {
        auto const home = home_of(survivor.call.facts.id);
        stations_[home]->calls().take_over(std::move(survivor), nullptr);
    }
    for (auto const& untold : left.untolds)
        keep_untold(*stations_[home_of(untold.call.facts.id)], untold, now, false);
    mono_time const until = now.mono + shared_->config.session_grace();
    for (auto const& session : left.sessions)
        if (auto hash = auth::parse_session_hash(session.hash))
            shared_->sessions.restore(*hash, session.account, until, now.mono);
}

gateway::inheritance_terms gateway::inheritance_until(wall_time now) const noexcept {
    auto const& config = shared_->config;
    return {now + config.calls.final_event_kept, now + config.session_grace()};
}

void gateway::drain() noexcept { shared_->is_draining = true; }

void gateway::inherit_from_node(ports::inheritance left, std::function<void()> done) {
    // Held by everything that is under way; the last one lets it go.
    std::shared_ptr<void> const under_way{
        nullptr, [links = shared_->links, done = std::move(done)](void*) { links->post(0, done); }};
    shared_->links->post(0, [this, under_way, left = std::move(left)]() mutable {
        note_missed(left, stations_[0]->now().wall);
        for (auto const& missed : left.missed) // nobody is in them any more
            stations_[0]->registry().forget_call(missed.facts.id, [this, under_way](auto const& freed) {
                presence_announcer::announce(*stations_[0], freed);
            });
        for (auto& survivor : left.survivors) {
            auto const home = home_of(survivor.call.facts.id);
            stations_[0]->run_on(home, [s = std::move(survivor), under_way](station& there) mutable {
                there.calls().take_over(std::move(s), under_way);
            });
        }
        for (auto const& untold : left.untolds)
            keep_untold(*stations_[0], untold, stations_[0]->now(), true);
    });
}

void gateway::tell_end(ports::stored_call ended) {
    shared_->links->post(0, [this, ended = std::move(ended)] {
        station& at = *stations_[0];
        moment const now = at.now();
        at.registry().forget_call(ended.facts.id,
                                  [this](auto const& freed) { presence_announcer::announce(*stations_[0], freed); });
        // Who is not there is told nothing: its device may have heard of the end before it went.
        for (call::side side : {call::side::caller, call::side::callee})
            keep_untold(at, {ended, side, now.wall}, now, true);
    });
}

void gateway::lose_device(std::uint32_t shard, ports::involvement const& in, call::device_ref device,
                          std::vector<call::device_ref> remaining, moment lost_at) {
    switchboard::submit(
        *stations_[shard], in.home, in.call,
        call::device_left{in.side, device, call::departure::server_lost, lost_at, std::move(remaining)});
}

void gateway::hear_of_presence(ports::presence_changes changes, bool is_caused_here) {
    using enum presence_announcer::cause;
    auto const by = is_caused_here ? this_node : another_node;
    shared_->links->post(
        0, [this, by, changes = std::move(changes)] { presence_announcer::announce(*stations_[0], changes, by); });
}

void gateway::receive(std::uint32_t shard, std::string_view message) {
    station& at = *stations_[shard];
    if (auto m = decode_station_message(message, at.now())) return at.handle(*std::move(m));
    log_line{"message-not-understood"}
        .number("bytes", static_cast<std::int64_t>(message.size()))
        .write(spdlog::level::err);
}

void gateway::take_back(std::uint32_t shard, std::string_view message) {
    station& at = *stations_[shard];
    if (auto m = decode_station_message(message, at.now())) at.take_back(*std::move(m));
}

void gateway::doubt_accounts() {
    shared_->accounts.forget_all();
    for (std::uint32_t shard = 0; shard < stations_.size(); ++shard)
        shared_->links->post(shard, [at = stations_[shard].get()] { at->doubt_accounts(); });
}

void gateway::set_doubt(std::function<bool(mono_time)> is_in_doubt) { shared_->is_in_doubt = std::move(is_in_doubt); }

void gateway::end_doubt() {
    for (std::uint32_t shard = 0; shard < stations_.size(); ++shard)
        shared_->links->post(shard, [at = stations_[shard].get()] { at->calls().decide_doubted(); });
}

gateway_counters gateway::counters() const {
    gateway_counters all;
    for (auto const& s : stations_) {
        all.active_calls += s->calls().active();
        all.known_calls += s->calls().known();
        all.waiting_requests += std::as_const(*s).desk().waiting();
    }
    all.cached_accounts = shared_->accounts.size();
    return all;
}

void gateway::nudge(std::uint32_t shard, place home, call_id const& call) {
    switchboard::submit(*stations_[shard], home, call, call::deadline_reached{});
}

void gateway::show_cluster(std::function<ports::cluster_figures()> figures) {
    shared_->cluster_figures = std::move(figures);
}

void gateway::show_webhooks(std::function<ports::webhook_figures()> figures) {
    shared_->webhook_figures = std::move(figures);
}

} // namespace ringback::gateway
