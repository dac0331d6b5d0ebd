#include "net/http_routes.hpp"

namespace ringback::net {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
    if (pattern.ends_with('*')) return path.starts_with(pattern.substr(0, pattern.size() - 1));
    return path == pattern;
}

} // namespace

void http_routes::add(std::string method, std::string path, handler then) {
    routes_.push_back({std::move(method), std::move(path), std::move(then)});
}

void http_routes::dispatch(shard& on, http_request const& request, reply_handler reply) const {
    std::string allowed;
    for (route const& r : routes_) {
        if (!matches(r.path, request.path())) continue;
        // HEAD is GET whose body stays unsent (RFC 9110 section 9.3.2); the session leaves it out.
        if (r.method == request.method || (r.method == "GET" && request.method == "HEAD"))
            return r.then(on, request, std::move(reply));
        if (allowed.find(r.method) == std::string::npos) allowed += (allowed.empty() ? "" : ", ") + r.method;
    }
    if (allowed.empty()) return reply(http_reply::text(404, "Not Found\n"));
    http_reply refused = http_reply::text(405, "Method Not Allowed\n");
    refused.headers.emplace_back("Allow", allowed);
    reply(std::move(refused));
}

} // namespace ringback::net
