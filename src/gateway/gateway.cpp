#include "gateway/gateway.hpp"

#include "gateway/services.hpp"
#include "gateway/station.hpp"

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
