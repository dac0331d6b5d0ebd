#include "redis/config.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ringback::redis {
namespace {

constexpr std::uint16_t redis_port = 6379, sentinel_port = 26'379;

/// Cuts off and returns what stands before `mark`; all of it when it has none.
std::string_view cut(std::string_view& text, char mark) {
    auto end = text.find(mark);
    auto head = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return head;
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    auto [stopped, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || ec != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned byte = 0;
        auto const* end = text.data() + std::min(i + 3, text.size());
        if (std::from_chars(text.data() + i + 1, end, byte, 16).ptr != text.data() + i + 3) return std::nullopt;
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

bool is_host(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](unsigned char c) { return c > ' ' && c < 127 && c != '@'; });
}

std::optional<endpoint> parse_endpoint(std::string_view text, std::uint16_t port) {
    endpoint e{{}, port};
    if (text.starts_with('[')) {
        text.remove_prefix(1);
        if (!text.contains(']')) return std::nullopt;
        e.host = cut(text, ']');
        if (!text.empty() && text.front() != ':') return std::nullopt;
    } else {
        e.host = text.substr(0, text.find(':'));
        text.remove_prefix(e.host.size());
    }
    if (!is_host(e.host)) return std::nullopt;
    if (text.empty()) return e;
    auto given = number_of<std::uint16_t>(text.substr(1));
    if (!given || *given == 0) return std::nullopt;
    e.port = *given;
    return e;
}

/// What is wrong; empty: nothing.
std::string_view read_credentials(config& c, std::string_view text) {
    auto user = percent_decoded(cut(text, ':'));
    auto password = percent_decoded(text);
    if (!user || !password)
        return "allowed in user and password is a % before two hexadecimal digits only; itself it is written as %25";
    if (password->empty()) return "the password is missing: allowed is USER:PASSWORD@ or :PASSWORD@";
    c.user = *std::move(user);
    c.password = secret{*std::move(password)};
    return {};
}

std::string_view read_servers(config& c, std::string_view text, bool is_sentinel) {
    for (bool is_last = false; !is_last;) {
        is_last = !text.contains(',');
        auto e = parse_endpoint(cut(text, ','), is_sentinel ? sentinel_port : redis_port);
        if (!e) return "allowed is HOST or HOST:PORT, with a port of 1 to 65535 and an IPv6 address in brackets";
        c.servers.push_back(*std::move(e));
    }
    if (!is_sentinel && c.servers.size() > 1) return "allowed is one host; several are for redis+sentinel:// only";
    return {};
}

std::string_view read_path(config& c, std::string_view text, bool is_sentinel) {
    if (is_sentinel) {
        c.sentinel_master = cut(text, '/');
        if (c.sentinel_master.empty())
            return "the name of the master is missing: allowed is HOST:PORT,HOST:PORT/MASTER";
    }
    if (text.empty()) return {};
    auto database = number_of<std::uint32_t>(text);
    if (!database) return "allowed as the database is a number";
    c.database = *database;
    return {};
}

} // namespace

std::string to_string(endpoint const& e) {
    bool is_v6 = e.host.contains(':');
    return (is_v6 ? '[' + e.host + ']' : e.host) + ':' + std::to_string(e.port);
}

std::expected<config, std::string> parse_url(std::string_view text) {
    config c;
    auto mark = text.find("://");
    auto scheme = mark == text.npos ? std::string_view{} : text.substr(0, mark);
    bool const is_sentinel = scheme.ends_with("+sentinel");
    if (is_sentinel) scheme.remove_suffix(std::string_view{"+sentinel"}.size());
    c.tls = scheme == "rediss";
    if (scheme != "redis" && !c.tls)
        return std::unexpected{"allowed is a URL that begins with redis://, rediss://, redis+sentinel:// or "
                               "rediss+sentinel://"};
    text.remove_prefix(mark + 3);
    if (text.find_first_of("?#") != text.npos)
        return std::unexpected{"allowed is no ? and no #; in user and password they are written as %3F and %23"};

    auto authority = cut(text, '/');
    std::string_view wrong;
    if (auto at = authority.rfind('@'); at != authority.npos) {
        wrong = read_credentials(c, authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    if (wrong.empty()) wrong = read_servers(c, authority, is_sentinel);
    if (wrong.empty()) wrong = read_path(c, text, is_sentinel);
    if (!wrong.empty()) return std::unexpected{std::string{wrong}};
    return c;
}

} // namespace ringback::redis
