#pragma once

#include <string_view>

namespace ringback::gateway {

/// The document at `/openapi.json`: REST in the words of OpenAPI 3.1. A test holds it against rest_routes().
[[nodiscard]] std::string_view openapi_document() noexcept;

} // namespace ringback::gateway
