#pragma once

#include "net/http_routes.hpp"

#include <atomic>

namespace ringback::app {

/// `GET /healthz`: the process answers. `GET /readyz`: it wants clients, 200 or 503. `ready` outlives the routes.
void add_health(net::http_routes& routes, std::atomic<bool> const& ready);

} // namespace ringback::app
