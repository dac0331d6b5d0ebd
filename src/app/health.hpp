#pragma once

#include "net/http_routes.hpp"
#include "ports/call_store.hpp"

#include <atomic>
#include <functional>

namespace ringback::app {

/// `GET /healthz`: the process answers. `GET /readyz`: it wants clients, 200, or 503 and why not. `ready` and `store`
/// outlive the routes. `is_agreed`: whether this node can agree with the others of its cluster; empty without one.
void add_health(net::http_routes& routes, std::atomic<bool> const& ready, ports::call_store const& store,
                std::function<bool()> is_agreed);

} // namespace ringback::app
