#pragma once

#include "app/settings.hpp"
#include "gateway/config.hpp"
#include "media/livekit/livekit_config.hpp"
#include "net/server.hpp"
#include "net/server_config.hpp"
#include "net/socketio_server.hpp"
#include "ports/webhook_outbox.hpp"
#include "redis/config.hpp"
#include "socketio/hub.hpp"
#include "webhooks/curl/deliverer.hpp"

#include <optional>

namespace ringback::app {

/// The settings in the words of each layer: the only place that knows both.
[[nodiscard]] net::server_config server_config_of(settings const& s);
/// What joins the hubs of this process with Node.js and the other nodes; empty without a cluster.
[[nodiscard]] net::socketio_server::adapter_factory adapter_of(settings const& s, net::server& server);
[[nodiscard]] socketio::hub_config hub_config_of(settings const& s, std::uint32_t node);
[[nodiscard]] gateway::gateway_config gateway_config_of(settings const& s);
/// None: this is the only node.
[[nodiscard]] std::optional<redis::config> redis_config_of(settings const& s);
[[nodiscard]] media::livekit_config livekit_config_of(settings const& s);
/// Without a receiver nothing is wanted.
[[nodiscard]] ports::webhook_terms webhook_terms_of(settings const& s);
[[nodiscard]] webhooks::deliverer_config deliverer_config_of(settings const& s);

} // namespace ringback::app
