#pragma once

#include <string>
#include <string_view>

namespace ringback::gateway {

/// What the limits of an address count: an IPv4 address (also one mapped into IPv6) itself, an IPv6 address by its /64,
/// because a single host owns that many. Text that is no address counts as it is.
[[nodiscard]] std::string address_subject(std::string_view address);

} // namespace ringback::gateway
