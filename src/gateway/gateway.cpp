#include "gateway/gateway.hpp"

#include "gateway/services.hpp"
#include "gateway/station.hpp"

#include <functional>
#include <utility>

namespace ringback::gateway {

gateway::gateway(gateway_config config, std::shared_ptr<shard_links> links, ports::call_store& store,
                 ports::webhook_outbox& outbox, ports::call_registry& registry, ports::media_server* media,
                 auth::jwt_verifier const& verifier, std::string node)
    : shared_{std::make_unique<services>(std::move(config), std::move(links), store, outbox, registry, media, verifier,
                                         std::move(node))} {
    for (std::uint32_t shard = 0; shard < shared_->links->size(); ++shard) {
        stations_.push_back(std::make_unique<station>(*shared_, shard));
        shared_->stations.push_back(stations_.back().get());
    }
}

gateway::~gateway() = default;

void gateway::inherit(ports::inheritance left, moment now) {
    for (auto const& missed : left.missed)
        shared_->seen.ended(missed.facts,
                            {.status = missed.status,
                             .reason = missed.reason.value(),
                             .accepted_at = {},
                             .ended_at = missed.ended_at.value(),
                             .rates = {},
                             .figures = {}},
                            now.wall - *missed.ended_at);
    for (auto& survivor : left.survivors) {
        auto const home = std::hash<call_id>{}(survivor.call.facts.id) % stations_.size();
        stations_[home]->calls().take_over(std::move(survivor));
    }
    for (auto const& untold : left.untolds) {
        auto const& call = untold.call;
        auto const& party = call.facts.of(untold.side);
        auto what = call::final_notice(untold.side, call.status, call.reason.value(), call.figures,
                                       to_string(call::end_reason::rejected));
        shared_->registry.keep_final_event({.account = party.who.id,
                                            .realm = party.realm,
                                            .call = call.facts.id,
                                            .side = untold.side,
                                            .what = std::move(what),
                                            .until = now + (untold.until - now.wall)},
                                           now);
    }
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

void gateway::show_webhooks(std::function<ports::webhook_figures()> figures) {
    shared_->webhook_figures = std::move(figures);
}

} // namespace ringback::gateway
