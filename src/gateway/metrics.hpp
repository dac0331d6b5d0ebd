#pragma once

#include "base/secret.hpp"
#include "gateway/gateway.hpp"
#include "net/http_message.hpp"
#include "net/http_routes.hpp"

namespace ringback::gateway {

/// `GET /metrics`, in the text format of Prometheus: for who has `token` as its bearer (an empty one: nobody), and for
/// ADMINs. Before the server starts; the gateway must outlive its shards.
void add_metrics(net::http_routes& routes, gateway& of, secret token);

/// One such request, on the shard of `at`.
void answer_metrics(station& at, net::http_request const& request, secret const& token, net::reply_handler reply);

} // namespace ringback::gateway
