#include "gateway/rest_routes.hpp"

#include <array>
#include <optional>

namespace ringback::gateway {
namespace {

using enum rest_access;

constexpr std::array routes{
    rest_route{"GET", "/me", any_account, get_me},
    rest_route{"GET", "/calls", any_account, list_calls},
    rest_route{"GET", "/calls/{id}", any_account, get_call},
    rest_route{"GET", "/calls/{id}/events", admin, list_call_events},
    rest_route{"POST", "/calls/{id}/end", admin, end_call},
    rest_route{"GET", "/telecallers", any_account, list_telecallers},
    rest_route{"GET", "/contacts", any_account, list_contacts},
    rest_route{"PUT", "/contacts/{id}", any_account, put_contact},
    rest_route{"DELETE", "/contacts/{id}", any_account, delete_contact},
    rest_route{"GET", "/blocks", any_account, list_blocks},
    rest_route{"PUT", "/blocks/{id}", any_account, put_block},
    rest_route{"DELETE", "/blocks/{id}", any_account, delete_block},
    rest_route{"GET", "/ice-servers", any_account, get_ice_servers},
    rest_route{"GET", "/accounts", admin, list_accounts},
    rest_route{"GET", "/accounts/{id}", admin, get_account},
    rest_route{"PUT", "/accounts/{id}", admin, put_account},
    rest_route{"PATCH", "/accounts/{id}", admin, patch_account},
    rest_route{"POST", "/accounts/{id}/coins", admin, add_coins},
    rest_route{"GET", "/accounts/{id}/ledger", admin, list_ledger},
    rest_route{"PUT", "/accounts/{id}/contacts/{otherId}", admin, put_pair},
    rest_route{"DELETE", "/accounts/{id}/contacts/{otherId}", admin, delete_pair},
    rest_route{"GET", "/stats", admin, get_stats},
    rest_route{"POST", "/livekit/webhook", media_server, take_webhook},
};

/// Takes the next segment, without the `/` before it.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

/// The raw segments that stand for `{…}`.
std::optional<std::vector<std::string_view>> match(std::string_view pattern, std::string_view path) {
    std::vector<std::string_view> found;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        auto wanted = take_segment(pattern), segment = take_segment(path);
        if (!wanted.starts_with('{')) {
            if (wanted != segment) return std::nullopt;
        } else if (segment.empty()) {
            return std::nullopt;
        } else {
            found.push_back(segment);
        }
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return found;
}

std::optional<std::vector<std::string>> decoded(std::vector<std::string_view> const& segments) {
    std::vector<std::string> ids;
    for (auto segment : segments) {
        auto id = percent_decoded(segment);
        if (!id) return std::nullopt;
        ids.push_back(*std::move(id));
    }
    return ids;
}

} // namespace

std::span<rest_route const> rest_routes() noexcept { return routes; }

std::expected<rest_match, rest_mismatch> match_rest_route(std::string_view method, std::string_view path) {
    if (!path.starts_with(rest_prefix)) return std::unexpected{rest_mismatch{no_such_route(), {}}};
    path.remove_prefix(rest_prefix.size());
    if (method == "HEAD") method = "GET"; // whose body the session leaves out
    std::string allowed;
    for (rest_route const& route : routes) {
        auto segments = match(route.path, path);
        if (!segments) continue;
        if (route.method != method) {
            allowed.append(allowed.empty() ? "" : ", ").append(route.method);
            continue;
        }
        auto ids = decoded(*segments);
        if (!ids) return std::unexpected{rest_mismatch{no_such_route(), {}}};
        return rest_match{&route, *std::move(ids)};
    }
    if (allowed.empty()) return std::unexpected{rest_mismatch{no_such_route(), {}}};
    return std::unexpected{rest_mismatch{{405, "This route allows " + allowed + ".", {}}, std::move(allowed)}};
}

} // namespace ringback::gateway
