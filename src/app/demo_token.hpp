#pragma once

#include "auth/jwt_signer.hpp"
#include "base/clock.hpp"
#include "net/http_routes.hpp"

#include <string>

namespace ringback::app {

/// `POST /demo/token {id, role, name}` → `{token}`: signs for the demo page, for ids that begin with `demo-` and for
/// the roles USER and TELECALLER only. `issuer` and `audience` as the verifier wants them. Only for server.demo, which
/// refuses listeners that are not loopback; a request with a foreign Origin is refused, so that no page on the web can
/// have its visitor's server sign.
void add_demo_token(net::http_routes& routes, auth::jwt_signer signer, std::string issuer, std::string audience,
                    clock_source const& clock);

} // namespace ringback::app
