#include "gateway/ice_servers.hpp"

#include "auth/turn_credentials.hpp"
#include "base/json_text.hpp"
#include "gateway/json_object.hpp"

#include <string_view>
#include <vector>

namespace ringback::gateway {
namespace {

std::string list_of(std::vector<std::string> const& urls) {
    std::string list = "[";
    for (std::string const& url : urls) {
        if (list.size() > 1) list += ',';
        append_json_string(list, url);
    }
    return list += ']';
}

} // namespace

std::string render_ice_servers(ice_config const& config, account_id const& who, wall_time now) {
    std::string servers = "[";
    if (!config.stun_urls.empty())
        append_object(servers, [&](json_object& o) { o.raw("urls", list_of(config.stun_urls)); });
    if (!config.turn_urls.empty() && !config.turn_secret.empty()) {
        if (servers.size() > 1) servers += ',';
        auto by = auth::make_turn_credentials(config.turn_secret, who, now + config.turn_ttl);
        append_object(servers, [&](json_object& o) {
            o.raw("urls", list_of(config.turn_urls)).text("username", by.username).text("credential", by.credential);
        });
    }
    return servers += ']';
}

} // namespace ringback::gateway
