#pragma once

#include "auth/jwt_verifier.hpp"
#include "gateway/config.hpp"
#include "gateway/shard_links.hpp"
#include "ports/call_registry.hpp"
#include "ports/call_store.hpp"
#include "ports/cluster_figures.hpp"
#include "ports/cluster_store.hpp"
#include "ports/media_server.hpp"
#include "ports/message_bus.hpp"
#include "ports/webhook_outbox.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::gateway {

struct services;
class station;

/// What a gateway is given. The references must outlive it.
struct gateway_ports {
    ports::call_store& store;
    ports::webhook_outbox& outbox;
    std::vector<ports::call_registry*> registries; ///< by shard
    ports::media_server* media = nullptr;          ///< null: no media server
    auth::jwt_verifier const& verifier;
    ports::message_bus* bus = nullptr;     ///< null: the only node
    ports::cluster_store* nodes = nullptr; ///< null with it
    std::string node;                      ///< names this process in the history of calls
};

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
    gateway(gateway_config config, std::shared_ptr<shard_links> links, gateway_ports const& ports);
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

    // In a cluster.

    /// As inherit(), of another node that was lost, while the shards run. From any thread; `done` is called on the
    /// first shard when its calls have their home here.
    void inherit_from_node(ports::inheritance left, std::function<void()> done);
    /// Both parties' devices are told how this call has ended, which its home did not do; those that know are not told
    /// twice. From any thread.
    void tell_end(ports::stored_call ended);
    /// The time of this call has come, if its home has not seen so. From a shard.
    void nudge(std::uint32_t shard, place home, call_id const& call);
    /// A device that another node had is gone with it; the home of its account's call is told. From a shard.
    void lose_device(std::uint32_t shard, ports::involvement const& in, call::device_ref device,
                     std::vector<call::device_ref> remaining, moment lost_at);
    /// What the registry says of presence without being asked. From any thread.
    void hear_of_presence(ports::presence_changes changes, bool is_caused_here);
    /// A message of another node, and one that could not be delivered. On the thread of `shard`.
    void receive(std::uint32_t shard, std::string_view message);
    void take_back(std::uint32_t shard, std::string_view message);
    /// Accounts may have been written by others without a word: those of the devices here are read again.
    void doubt_accounts();
    /// Whether this node may have been given up; while it may, calls decide nothing. Before the shards run.
    void set_doubt(std::function<bool(mono_time)> is_in_doubt);
    /// It has not. From any thread.
    void end_doubt();

    /// The gateway's part on one shard, for use on that shard's thread.
    [[nodiscard]] station& at(std::uint32_t shard) noexcept { return *stations_[shard]; }

    /// From any thread.
    [[nodiscard]] gateway_counters counters() const;

    /// What `/metrics` says of webhooks; without it nothing. Before the shards run; called by any of them.
    void show_webhooks(std::function<ports::webhook_figures()> figures);
    /// And of the cluster.
    void show_cluster(std::function<ports::cluster_figures()> figures);

private:
    void note_missed(ports::inheritance const& left, wall_time now);
    void keep_untold(station& at, ports::inheritance::untold const& untold, moment now, bool is_for_present_too);
    [[nodiscard]] std::uint32_t home_of(call_id const& call) const;

    std::unique_ptr<services> shared_;
    std::vector<std::unique_ptr<station>> stations_;
};

} // namespace ringback::gateway
