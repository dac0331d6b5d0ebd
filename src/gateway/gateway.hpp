#pragma once

#include "auth/jwt_verifier.hpp"
#include "gateway/config.hpp"
#include "gateway/shard_links.hpp"
#include "ports/call_registry.hpp"
#include "ports/call_store.hpp"
#include "ports/media_server.hpp"
#include "ports/webhook_outbox.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ringback::gateway {

struct services;
class station;

/// How much there is at the moment, summed over the shards; each figure by itself.
struct gateway_counters {
    std::size_t active_calls = 0;     ///< RINGING or ACCEPTED
    std::size_t known_calls = 0;      ///< these and the ones over that still answer requests
    std::size_t waiting_requests = 0; ///< of clients, not yet answered
    std::size_t cached_accounts = 0;
};

/// The calls of the marketplace over Socket.IO: registers the namespaces `/user`, `/telecaller` and `/admin` at the hub
/// of every shard and serves them.
///
/// Made before the shards run and destroyed after they have stopped, while their hubs still exist. The store may be
/// destroyed after it, but not after what `links` reaches: late answers of the store are still posted there.
class gateway {
public:
    /// The references must outlive the gateway. `media` may be null: no media server.
    gateway(gateway_config config, std::shared_ptr<shard_links> links, ports::call_store& store,
            ports::webhook_outbox& outbox, ports::call_registry& registry, ports::media_server* media,
            auth::jwt_verifier const& verifier, std::string node);
    gateway(gateway const&) = delete;
    gateway& operator=(gateway const&) = delete;
    ~gateway();

    /// Until when who was not told the end of a call will be, and session tokens are good, of a server that was lost.
    struct inheritance_terms {
        wall_time untold{}, sessions{};
    };
    [[nodiscard]] inheritance_terms inheritance_until(wall_time now) const noexcept;
    /// Takes over what a server that was lost left: its ACCEPTED calls wait for their parties, who was not told the end
    /// of a call will be, and devices may show their session tokens. Before the shards run.
    void inherit(ports::inheritance left, moment now);
    /// New calls are refused from here on; those that there are go on. From any thread.
    void drain() noexcept;

    /// The gateway's part on one shard, for use on that shard's thread.
    [[nodiscard]] station& at(std::uint32_t shard) noexcept { return *stations_[shard]; }

    /// From any thread.
    [[nodiscard]] gateway_counters counters() const;

    /// What `/metrics` says of webhooks; without it nothing. Before the shards run; called by any of them.
    void show_webhooks(std::function<ports::webhook_figures()> figures);

private:
    std::unique_ptr<services> shared_;
    std::vector<std::unique_ptr<station>> stations_;
};

} // namespace ringback::gateway
