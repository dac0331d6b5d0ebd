#pragma once

#include "engineio/request.hpp"
#include "net/content_coding.hpp"
#include "net/http_message.hpp"

namespace ringback::net {

/// Gives the answer to an Engine.IO request the form that its client reads: a script when the GET was a JSONP poll,
/// packed when that is allowed, worth it and accepted, and with `X-XSS-Protection: 0` for Internet Explorer, which
/// otherwise suspects payloads that echo what it sent.
void dress(http_reply& reply, engineio::request_query const& query, http_request const& request,
           engineio::http_compression_config const& config, body_compressor& compressor);

} // namespace ringback::net
