#pragma once

#include "gateway/error_to_wire.hpp"
#include "net/http_message.hpp"
#include "ports/call_registry.hpp"
#include "ports/call_store.hpp"

#include <string>
#include <string_view>

namespace ringback::gateway {

/// Why a REST request is refused.
struct problem {
    unsigned status = 500;
    std::string detail;    ///< for people
    std::string_view code; ///< for programs; empty: none is known
};

[[nodiscard]] problem invalid_request(std::string detail);
[[nodiscard]] problem no_such_route();
[[nodiscard]] problem no_such_account();
[[nodiscard]] problem no_such_call();
[[nodiscard]] problem no_such_webhook();
/// Of a call that is over, as far as is known: who writes that does not come to it.
[[nodiscard]] problem end_not_written();
/// The checks of contract section 2: 401 while it is not known who asks, else 403.
[[nodiscard]] problem problem_of(connect_refusal r);
/// A bad cursor is the client's fault; a store that is away is nobody's, and 503.
[[nodiscard]] problem problem_of(ports::store_errc e);
/// Nor is a cluster that cannot agree.
[[nodiscard]] problem problem_of(ports::registry_errc e);

/// A problem document (RFC 9457 section 3.1): `type`, `title`, `status`, `detail` and our `code`. A 401 names the
/// scheme that is wanted (RFC 9110 section 11.6.1).
[[nodiscard]] net::http_reply render(problem const& p);

} // namespace ringback::gateway
