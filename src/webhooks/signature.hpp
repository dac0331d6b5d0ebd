#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"

#include <span>
#include <string>
#include <string_view>

namespace ringback::webhooks {

/// The value of `X-Ringback-Signature` (contract, section 5): `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, with
/// one `v1` for each secret, in their order: while a secret is being replaced the receiver may know either. The time is
/// signed too, so that a receiver can refuse what somebody recorded and sends again later.
[[nodiscard]] std::string sign(std::span<secret const> secrets, wall_time now, std::string_view body);

} // namespace ringback::webhooks
