#include "auth/token_source.hpp"

#include <algorithm>

namespace ringback::auth {
namespace {

constexpr std::string_view cookie_name = "authenticationToken";

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view bearer_of(std::string_view authorization) {
    auto text = trimmed(authorization);
    auto space = text.find(' ');
    if (space == text.npos || !equal_ignoring_case(text.substr(0, space), "bearer")) return {};
    return trimmed(text.substr(space));
}

/// RFC 6265 section 4.2.1: pairs behind `; `. The first of the name counts, which is the one of the longest path.
std::string_view cookie_of(std::string_view header) {
    while (!header.empty()) {
        auto end = std::min(header.find(';'), header.size());
        auto pair = trimmed(header.substr(0, end));
        header.remove_prefix(std::min(end + 1, header.size()));
        auto equals = pair.find('=');
        if (equals == pair.npos || pair.substr(0, equals) != cookie_name) continue;
        auto value = pair.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

std::string_view without_port(std::string_view authority, std::string_view port) {
    return authority.ends_with(port) ? authority.substr(0, authority.size() - port.size()) : authority;
}

/// An Origin leaves the port of its scheme out (RFC 6454 section 6.2), a Host header need not. The scheme itself is
/// not compared: behind a proxy that ends TLS this server does not know its own.
bool is_own_host(std::string_view origin, std::string_view host) {
    auto mark = origin.find("://");
    if (mark == origin.npos || host.empty()) return false;
    auto scheme = origin.substr(0, mark);
    auto authority = origin.substr(mark + 3);
    std::string_view port = equal_ignoring_case(scheme, "https") ? ":443" : ":80";
    return equal_ignoring_case(without_port(authority, port), without_port(host, port));
}

bool trusts_cookie(token_places const& places, std::span<std::string const> cors_origins) {
    if (!places.origin) return true;
    auto origin = *places.origin;
    if (origin == "*" || origin == "null") return false;
    return is_own_host(origin, places.host) || std::ranges::find(cors_origins, origin) != cors_origins.end();
}

} // namespace

std::optional<std::string_view> find_token(token_places const& places, std::span<std::string const> cors_origins) {
    if (!places.auth_token.empty()) return places.auth_token;
    if (auto bearer = bearer_of(places.authorization); !bearer.empty()) return bearer;
    if (!trusts_cookie(places, cors_origins)) return std::nullopt;
    if (auto cookie = cookie_of(places.cookie); !cookie.empty()) return cookie;
    return std::nullopt;
}

} // namespace ringback::auth
