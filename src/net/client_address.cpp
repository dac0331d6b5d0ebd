#include "net/client_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>

namespace ringback::net {
namespace {

std::optional<unsigned> parse_number(std::string_view digits, unsigned most) {
    unsigned n = 0;
    auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (ec != std::errc{} || end != digits.data() + digits.size() || n > most) return std::nullopt;
    return n;
}

std::string_view trimmed(std::string_view text) {
    auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_port(std::string_view text) { return text.starts_with(':') && parse_number(text.substr(1), 65535); }

/// A hop of X-Forwarded-For: an address, perhaps in brackets, perhaps with a port.
std::optional<ip_address> parse_hop(std::string_view hop) {
    if (hop.starts_with('[')) {
        auto end = hop.find(']');
        if (end == hop.npos) return std::nullopt;
        auto rest = hop.substr(end + 1);
        return rest.empty() || is_port(rest) ? ip_address::parse(hop.substr(1, end - 1)) : std::nullopt;
    }
    auto colon = hop.find(':');
    if (colon != hop.npos && colon == hop.rfind(':') && is_port(hop.substr(colon))) hop = hop.substr(0, colon);
    return ip_address::parse(hop);
}

} // namespace

std::optional<ip_address> ip_address::parse(std::string_view text) {
    // inet_pton reads up to a NUL, and no address is longer than this.
    text = text.substr(0, text.find('%'));
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> zero_ended{};
    std::ranges::copy(text, zero_ended.begin());
    ip_address a;
    if (::inet_pton(AF_INET, zero_ended.data(), a.bytes.data()) == 1) {
        a.is_v4 = true;
        return a;
    }
    in6_addr v6;
    if (::inet_pton(AF_INET6, zero_ended.data(), &v6) != 1) return std::nullopt;
    a.is_v4 = IN6_IS_ADDR_V4MAPPED(&v6);
    if (a.is_v4)
        std::memcpy(a.bytes.data(), v6.s6_addr + 12, 4);
    else
        std::memcpy(a.bytes.data(), v6.s6_addr, 16);
    return a;
}

std::string ip_address::text() const {
    std::array<char, INET6_ADDRSTRLEN> out;
    return ::inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data(), out.data(), out.size());
}

std::optional<ip_network> ip_network::parse(std::string_view text) {
    auto slash = text.find('/');
    auto address = text.substr(0, slash);
    auto base = address.find('%') == address.npos ? ip_address::parse(address) : std::nullopt;
    if (!base) return std::nullopt;
    unsigned bits = base->is_v4 ? 32 : 128;
    if (slash == text.npos) return ip_network{*base, bits};
    // The prefix counts the bits as they were written: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
    bool is_mapped = base->is_v4 && address.find(':') != address.npos;
    auto prefix = parse_number(text.substr(slash + 1), is_mapped ? 128 : bits);
    if (!prefix || (is_mapped && *prefix < 96)) return std::nullopt;
    return ip_network{*base, is_mapped ? *prefix - 96 : *prefix};
}

bool ip_network::contains(ip_address const& a) const noexcept {
    if (a.is_v4 != base_.is_v4) return false;
    unsigned whole = prefix_ / 8, rest = prefix_ % 8;
    if (!std::equal(a.bytes.begin(), a.bytes.begin() + whole, base_.bytes.begin())) return false;
    return rest == 0 || (a.bytes[whole] ^ base_.bytes[whole]) >> (8 - rest) == 0;
}

std::string client_address(std::string_view peer, std::string_view forwarded_for, std::span<ip_network const> trusted) {
    auto is_trusted = [&](ip_address const& a) {
        return std::ranges::any_of(trusted, [&](ip_network const& n) { return n.contains(a); });
    };
    auto last_good = ip_address::parse(peer);
    if (!last_good || !is_trusted(*last_good)) return std::string{peer};
    bool has_more = !forwarded_for.empty();
    while (has_more && is_trusted(*last_good)) {
        auto comma = forwarded_for.rfind(',');
        has_more = comma != forwarded_for.npos;
        auto hop = parse_hop(trimmed(has_more ? forwarded_for.substr(comma + 1) : forwarded_for));
        if (!hop) break;
        last_good = hop;
        forwarded_for = forwarded_for.substr(0, has_more ? comma : 0);
    }
    return last_good->text();
}

} // namespace ringback::net
