#pragma once

#include "auth/jwt_verifier.hpp"
#include "auth/session_book.hpp"
#include "base/object_id.hpp"
#include "gateway/account_directory.hpp"
#include "gateway/config.hpp"
#include "gateway/shard_links.hpp"
#include "gateway/telemetry.hpp"
#include "ports/call_registry.hpp"
#include "ports/call_store.hpp"
#include "ports/cluster_figures.hpp"
#include "ports/cluster_store.hpp"
#include "ports/media_server.hpp"
#include "ports/message_bus.hpp"
#include "ports/webhook_outbox.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ringback::gateway {

class station;

/// What all shards of a gateway share. Every member may be used by any shard.
struct services {
    // given
    gateway_config const config;
    std::shared_ptr<shard_links> const links;
    ports::call_store& store;
    ports::webhook_outbox& outbox;
    std::vector<ports::call_registry*> const registries; ///< by shard
    ports::media_server* const media;                    ///< null: accepted calls carry `livekit: null`
    auth::jwt_verifier const& verifier;
    ports::message_bus* const bus;     ///< null: this is the only node
    ports::cluster_store* const nodes; ///< null with it
    std::string const node;            ///< names this process in the history of calls
    // owned
    account_directory accounts{config, store, links};
    object_id_generator ids{};
    auth::session_book sessions{};
    telemetry seen{node};
    std::vector<station*> stations{};                          ///< by shard; filled before the shards run
    std::function<ports::webhook_figures()> webhook_figures{}; ///< empty: nothing is delivered
    std::function<ports::cluster_figures()> cluster_figures{}; ///< empty: there is no cluster
    /// Whether this node may be one that the others have given up by now, so that it must decide nothing. Empty: never.
    std::function<bool(mono_time)> is_in_doubt{};
    std::atomic<bool> is_draining = false;      ///< no new calls
    std::atomic<std::size_t> call_watchers = 0; ///< sockets in calls_room, so that nothing is rendered for nobody

    [[nodiscard]] bool is_cluster() const noexcept { return bus != nullptr; }
};

} // namespace ringback::gateway
