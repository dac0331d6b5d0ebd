#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringback::net {

/// An IPv4 or IPv6 address as bytes. One that is IPv4 mapped into IPv6 is the IPv4 address.
struct ip_address {
    bool is_v4 = false;
    std::array<std::uint8_t, 16> bytes{}; ///< IPv4: the first four

    /// Without brackets or port; a zone (`%eth0`) is passed over.
    [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);
    [[nodiscard]] std::string text() const;

    friend bool operator==(ip_address const&, ip_address const&) = default;
};

/// The addresses that share the first bits of one (CIDR).
class ip_network {
public:
    /// `10.0.0.0/8`, `fd00::/8`, or a single address. Bits behind the prefix do not matter.
    [[nodiscard]] static std::optional<ip_network> parse(std::string_view text);
    [[nodiscard]] bool contains(ip_address const& a) const noexcept;

private:
    ip_network(ip_address base, unsigned prefix) noexcept : base_{base}, prefix_{prefix} {}

    ip_address base_;
    unsigned prefix_; ///< bits, of four or sixteen bytes
};

/// Whose request it is (contract, section 2). `peer` is the other end of the TCP connection. Unless it is trusted, it
/// is the answer, whatever the request claims. A trusted proxy appended the address that it was called from to
/// `X-Forwarded-For`, so the list is read from its right end for as long as it names trusted proxies; the first other
/// address is the client. What stands left of that anybody could have written. A hop that is no address (`unknown`, an
/// empty one) ends the reading too: the last good one counts, and when all are trusted, the left-most. A hop may have a
/// port (`192.0.2.1:443`, `[2001:db8::1]:443`), which is dropped.
///
/// `forwarded_for` is the value of the header, or of all its lines in their order with commas between.
[[nodiscard]] std::string client_address(std::string_view peer, std::string_view forwarded_for,
                                         std::span<ip_network const> trusted);

} // namespace ringback::net
