#pragma once

#include "engineio/request.hpp"
#include "net/http_message.hpp"

#include <string_view>

namespace ringback::net {

/// Gives the answer to an Engine.IO request the form that its client reads: a script when the GET was a JSONP poll, and
/// `X-XSS-Protection: 0` for Internet Explorer, which otherwise suspects payloads that echo what it sent.
void dress(http_reply& reply, engineio::request_query const& query, http_request const& request);

} // namespace ringback::net
