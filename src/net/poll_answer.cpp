#include "net/poll_answer.hpp"

#include "engineio/jsonp.hpp"

#include <algorithm>

namespace ringback::net {
namespace {

bool is_internet_explorer(std::string_view user_agent) noexcept {
    return user_agent.find("MSIE ") != user_agent.npos || user_agent.find("Trident/") != user_agent.npos;
}

std::string* find_header(http_headers& headers, std::string_view name) {
    auto found = std::ranges::find(headers, name, [](auto const& h) -> std::string_view { return h.first; });
    return found == headers.end() ? nullptr : &found->second;
}

void become_script(http_reply& reply, std::string_view index) {
    std::string* type = find_header(reply.headers, "Content-Type");
    if (!type) return;
    *type = "text/javascript; charset=UTF-8";
    reply.body = engineio::jsonp_script(index, reply.body);
}

void pack(http_reply& reply, content_coding coding, body_compressor& compressor) {
    if (coding == content_coding::identity) return;
    reply.body = compressor.pack(reply.body, coding);
    reply.headers.emplace_back("Content-Encoding", to_string(coding));
}

} // namespace

void dress(http_reply& reply, engineio::request_query const& query, http_request const& request,
           engineio::http_compression_config const& config, body_compressor& compressor) {
    if (query.jsonp && request.method == "GET" && reply.status == 200) become_script(reply, *query.jsonp);
    if (reply.compressible && config.enabled && reply.body.size() >= config.threshold)
        pack(reply, preferred_coding(request.header("accept-encoding")), compressor);
    if (is_internet_explorer(request.header("user-agent"))) reply.headers.emplace_back("X-XSS-Protection", "0");
}

} // namespace ringback::net
