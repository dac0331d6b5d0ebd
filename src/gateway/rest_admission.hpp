#pragma once

#include "gateway/rest_exchange.hpp"
#include "gateway/rest_routes.hpp"

namespace ringback::gateway {

/// Runs the route's handler when the account of the request's token may use the route, as that account; otherwise the
/// request is refused.
void admit(exchange_ptr x, rest_route const& route);

} // namespace ringback::gateway
