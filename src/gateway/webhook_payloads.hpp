#pragma once

#include "ports/webhook_outbox.hpp"

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

/// What an app's backend is told (contract, section 5: outgoing webhooks), as JSON text, and what operators see of it.
namespace ringback::gateway {

/// `{id, type, createdAt, data: {call}}`: the call as an ADMIN sees it.
[[nodiscard]] std::string render_call_webhook(ports::webhook_head const& head, ports::stored_call const& call);
/// `{id, type, createdAt, data: {account, namespace, presence}}`.
[[nodiscard]] std::string render_presence_webhook(ports::webhook_head const& head,
                                                  ports::webhook_presence const& shown);

/// `{id, type, createdAt, diedAt, attempts, reason, event}`.
[[nodiscard]] std::string render_dead_webhook(ports::dead_webhook const& letter);

void append_webhook_metrics(std::vector<prometheus::MetricFamily>& to, ports::webhook_figures const& figures,
                            wall_time now);

} // namespace ringback::gateway
