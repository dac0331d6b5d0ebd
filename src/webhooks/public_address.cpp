#include "webhooks/public_address.hpp"

#include <algorithm>
#include <cstddef>

namespace ringback::webhooks {

namespace {

template <typename Bytes>
struct network {
    Bytes prefix;
    unsigned bits;
};

template <typename Bytes>
bool is_in(Bytes const& address, network<Bytes> const& n) noexcept {
    std::size_t const whole = n.bits / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), n.prefix.begin()))
        return false;
    unsigned const rest = n.bits % 8;
    return rest == 0 || (address[whole] >> (8 - rest)) == (n.prefix[whole] >> (8 - rest));
}

constexpr network<ipv4_bytes> not_public_v4[] = {
    {{0, 0, 0, 0}, 8},       // this network; Linux takes 0.0.0.0 for loopback
    {{10, 0, 0, 0}, 8},      // private
    {{100, 64, 0, 0}, 10},   // shared: carrier-grade NAT
    {{127, 0, 0, 0}, 8},     // loopback
    {{169, 254, 0, 0}, 16},  // link-local, with the metadata services of clouds
    {{172, 16, 0, 0}, 12},   // private
    {{192, 0, 0, 0}, 24},    // protocol assignments
    {{192, 0, 2, 0}, 24},    // documentation
    {{192, 88, 99, 0}, 24},  // 6to4 relays
    {{192, 168, 0, 0}, 16},  // private
    {{198, 18, 0, 0}, 15},   // benchmarking
    {{198, 51, 100, 0}, 24}, // documentation
    {{203, 0, 113, 0}, 24},  // documentation
    {{224, 0, 0, 0}, 3},     // multicast, reserved, broadcast
};

// Within 2000::/3, beside which nothing is public.
constexpr network<ipv6_bytes> unicast{{0x20}, 3};
constexpr network<ipv6_bytes> not_public_v6[] = {
    {{0x20, 0x01}, 23},             // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, // documentation
    {{0x3f, 0xff}, 20},             // documentation
};

// Behind these prefixes comes an IPv4 address.
struct embedding {
    network<ipv6_bytes> n;
    std::size_t at;
};
constexpr embedding embeddings[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12}, // IPv4-mapped
    {{{0, 0x64, 0xff, 0x9b}, 96}, 12},                      // NAT64
    {{{0x20, 0x02}, 16}, 2},                                // 6to4
};

} // namespace

bool is_public(ipv4_bytes const& address) noexcept {
    return std::ranges::none_of(not_public_v4, [&](auto const& n) { return is_in(address, n); });
}

bool is_public(ipv6_bytes const& address) noexcept {
    for (auto const& [n, at] : embeddings)
        if (is_in(address, n))
            return is_public(ipv4_bytes{address[at], address[at + 1], address[at + 2], address[at + 3]});
    return is_in(address, unicast) &&
           std::ranges::none_of(not_public_v6, [&](auto const& n) { return is_in(address, n); });
}

} // namespace ringback::webhooks
