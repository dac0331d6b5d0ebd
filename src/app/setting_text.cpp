#include "app/setting_text.hpp"

#include "net/client_address.hpp"
#include "redis/config.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <initializer_list>

namespace ringback::app {
namespace {

std::optional<unsigned> parse_number(std::string_view digits, unsigned most) {
    unsigned n = 0;
    auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (ec != std::errc{} || end != digits.data() + digits.size() || n > most) return std::nullopt;
    return n;
}

bool is_address(int family, std::string const& host) {
    in6_addr room;
    return ::inet_pton(family, host.c_str(), &room) == 1;
}

/// An IPv6 address in its one canonical spelling, so that every way to write `::1` is seen to be it.
std::optional<std::string> canonical_v6(std::string const& host) {
    in6_addr address;
    char text[INET6_ADDRSTRLEN];
    if (::inet_pton(AF_INET6, host.c_str(), &address) != 1) return std::nullopt;
    if (!::inet_ntop(AF_INET6, &address, text, sizeof text)) return std::nullopt;
    return text;
}

/// One of the prefixes and something behind it, all of it printable ASCII.
bool is_url(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    auto behind = [&](std::string_view prefix) { return text.starts_with(prefix) && text.size() > prefix.size(); };
    return std::ranges::any_of(prefixes, behind) &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

/// Only where the password is certain to be taken for one: libpq quotes what it takes for a host or a port.
bool is_postgres_url(std::string_view text) {
    auto const mark = text.find("://");
    if (mark == text.npos || !is_url(text, {"postgresql://", "postgres://"})) return false;
    auto const rest = text.substr(mark + 3);
    return rest.find('@') == rest.rfind('@') &&
           (rest.find('@') == rest.npos || rest.find('@') < rest.find_first_of("/?#"));
}

} // namespace

std::vector<listen_address> parse_listen(std::string_view text) {
    auto colon = text.rfind(':');
    if (colon == text.npos) return {};
    std::string host{text.substr(0, colon)};
    auto number = parse_number(text.substr(colon + 1), 65535);
    if (!number) return {};
    auto port = static_cast<std::uint16_t>(*number);
    if (host == "localhost") return {{"127.0.0.1", port}, {"::1", port}};
    if (is_address(AF_INET, host)) return {{std::move(host), port}};
    if (host.size() < 2 || host.front() != '[' || host.back() != ']') return {};
    auto v6 = canonical_v6(host.substr(1, host.size() - 2));
    if (!v6) return {};
    return {{*std::move(v6), port}};
}

std::string listen_text(listen_address const& a) {
    bool v6 = a.host.find(':') != a.host.npos;
    return (v6 ? '[' + a.host + ']' : a.host) + ':' + std::to_string(a.port);
}

bool is_cors_origin(std::string_view text) {
    if (text == "*") return true;
    auto mark = text.find("://");
    if (mark == text.npos || mark == 0 || mark + 3 == text.size()) return false;
    auto among = [](std::string_view others) {
        return [others](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
        };
    };
    return std::ranges::all_of(text.substr(0, mark), among("+-.")) &&
           std::ranges::all_of(text.substr(mark + 3), among("-._:[]"));
}

bool is_network(std::string_view text) { return net::ip_network::parse(text).has_value(); }

bool is_http_url(std::string_view text) { return is_url(text, {"http://", "https://"}); }
bool is_livekit_url(std::string_view text) { return is_url(text, {"ws://", "wss://", "http://", "https://"}); }
bool is_redis_url(std::string_view text) { return redis::parse_url(text).has_value(); }
bool is_turn_url(std::string_view text) { return is_url(text, {"turn:", "turns:"}); }
bool is_stun_url(std::string_view text) { return is_url(text, {"stun:", "stuns:"}); }

bool is_store_url(std::string_view text) {
    if (text.find('\0') != text.npos) return false;
    return (text.starts_with("sqlite:") && text.size() > 7) || is_postgres_url(text);
}

std::string without_credentials(std::string_view url) {
    if (url.empty() || url.starts_with("sqlite:")) return std::string{url};
    auto mark = url.find("://");
    return mark == url.npos ? "***" : std::string{url.substr(0, mark)} + "://***";
}

} // namespace ringback::app
