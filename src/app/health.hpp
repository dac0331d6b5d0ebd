#pragma once

#include "net/http_routes.hpp"
#include "ports/call_store.hpp"

#include <atomic>

namespace ringback::app {

/// `GET /healthz`: the process answers. `GET /readyz`: it wants clients, 200, or 503 and why not. `ready` and `store`
/// outlive the routes.
void add_health(net::http_routes& routes, std::atomic<bool> const& ready, ports::call_store const& store);

} // namespace ringback::app
