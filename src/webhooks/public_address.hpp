#pragma once

#include <array>
#include <cstdint>

namespace ringback::webhooks {

using ipv4_bytes = std::array<std::uint8_t, 4>; ///< in network order
using ipv6_bytes = std::array<std::uint8_t, 16>;

/// Whether the address is one of the public internet. Not so: loopback, private, link-local, unspecified, shared
/// (carrier-grade NAT), documentation, benchmarking, multicast and reserved ones (the IANA registries of
/// special-purpose addresses), and IPv6 addresses that stand for such an IPv4 address or lead to one (mapped, NAT64,
/// 6to4).
[[nodiscard]] bool is_public(ipv4_bytes const& address) noexcept;
[[nodiscard]] bool is_public(ipv6_bytes const& address) noexcept;

} // namespace ringback::webhooks
