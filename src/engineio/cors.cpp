#include "engineio/cors.hpp"

#include <algorithm>
#include <utility>

namespace ringback::engineio {
namespace {

constexpr std::string_view any_origin = "*";

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool allows_any(cors_config const& config) noexcept {
    return std::ranges::find(config.origins, any_origin) != config.origins.end();
}

std::string joined(std::vector<std::string> const& items) {
    std::string out;
    for (std::string const& item : items) {
        if (!out.empty()) out += ',';
        out += item;
    }
    return out;
}

std::string_view without_default_port(std::string_view authority, std::string_view port) noexcept {
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
    return authority;
}

// nullopt: this origin may not read the answer.
std::optional<std::string> allowed_origin(cors_config const& config, std::optional<std::string_view> origin) {
    if (origin && is_listed_origin(config, *origin)) return std::string{*origin};
    if (allows_any(config)) return std::string{any_origin};
    return std::nullopt;
}

} // namespace

cors_decision decide_cors(cors_config const& config, cors_request const& request) {
    cors_decision decision;
    if (config.origins.empty()) return decision;
    bool preflight = request.what == cors_request::kind::preflight;
    if (preflight) decision.preflight_status = config.preflight_status;

    auto add = [&](std::string_view name, std::string value) { decision.headers.push_back({name, std::move(value)}); };
    // "*" alone gives the same answer to everybody; with names beside it caches must tell the origins apart.
    bool depends_on_origin = config.origins.size() > 1 || !allows_any(config);
    std::string vary = depends_on_origin ? "Origin" : "";
    if (auto origin = allowed_origin(config, request.origin)) {
        add("Access-Control-Allow-Origin", std::move(*origin));
        if (config.credentials) add("Access-Control-Allow-Credentials", "true");
        if (preflight) {
            add("Access-Control-Allow-Methods", joined(config.methods));
            if (!config.allowed_headers.empty()) {
                add("Access-Control-Allow-Headers", joined(config.allowed_headers));
            } else {
                vary += vary.empty() ? "Access-Control-Request-Headers" : ", Access-Control-Request-Headers";
                if (request.requested_headers && !request.requested_headers->empty())
                    add("Access-Control-Allow-Headers", std::string{*request.requested_headers});
            }
            if (config.max_age.count() > 0) add("Access-Control-Max-Age", std::to_string(config.max_age.count()));
        }
        if (!config.exposed_headers.empty()) add("Access-Control-Expose-Headers", joined(config.exposed_headers));
    }
    if (!vary.empty()) add("Vary", std::move(vary));
    return decision;
}

bool is_same_origin(std::string_view origin, std::string_view host) noexcept {
    std::size_t scheme_end = origin.find("://");
    if (scheme_end == std::string_view::npos || host.empty()) return false;
    std::string_view scheme = origin.substr(0, scheme_end);
    std::string_view authority = origin.substr(scheme_end + 3);
    std::string_view port = equal_ignoring_case(scheme, "https") ? ":443" : ":80";
    return equal_ignoring_case(without_default_port(authority, port), without_default_port(host, port));
}

bool is_listed_origin(cors_config const& config, std::string_view origin) noexcept {
    return origin != any_origin &&
           std::ranges::any_of(config.origins, [&](auto const& listed) { return equal_ignoring_case(listed, origin); });
}

bool origin_allowed_for_websocket(cors_config const& config, std::optional<std::string_view> origin,
                                  std::string_view host) noexcept {
    return !origin || is_same_origin(*origin, host) || is_listed_origin(config, *origin) || allows_any(config);
}

} // namespace ringback::engineio
