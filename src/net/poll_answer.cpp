#include "net/poll_answer.hpp"

#include "engineio/jsonp.hpp"

#include <algorithm>

namespace ringback::net {
namespace {

bool is_internet_explorer(std::string_view user_agent) noexcept {
    return user_agent.find("MSIE ") != user_agent.npos || user_agent.find("Trident/") != user_agent.npos;
}

} // namespace

void dress(http_reply& reply, engineio::request_query const& query, http_request const& request) {
    if (query.jsonp && request.method == "GET" && reply.status == 200) {
        reply.body = engineio::jsonp_script(*query.jsonp, reply.body);
        auto type = std::ranges::find(reply.headers, "Content-Type", [](auto const& h) { return h.first; });
        if (type != reply.headers.end()) type->second = "text/javascript; charset=UTF-8";
    }
    if (is_internet_explorer(request.header("user-agent"))) reply.headers.emplace_back("X-XSS-Protection", "0");
}

} // namespace ringback::net
