#pragma once

#include "gateway/gateway.hpp"
#include "net/http_message.hpp"
#include "net/http_routes.hpp"

namespace ringback::gateway {

class station;

/// Answers one request below rest_prefix: finds the route, makes the checks of contract section 2, runs the handler. On
/// the station's shard; the reply may come later.
void answer_rest(station& at, net::http_request const& request, net::reply_handler reply);

/// Serves REST and `/openapi.json` at the routes of a server whose shards are those of the gateway. The gateway must
/// outlive the server's last request.
void add_rest(net::http_routes& routes, gateway& of);

} // namespace ringback::gateway
