#include "app/health.hpp"

namespace ringback::app {

void add_health(net::http_routes& routes, std::atomic<bool> const& ready) {
    routes.add("GET", "/healthz", [](net::shard&, net::http_request const&, net::reply_handler reply) {
        reply(net::http_reply::json(200, R"({"status":"ok"})"));
    });
    routes.add("GET", "/readyz", [&ready](net::shard&, net::http_request const&, net::reply_handler reply) {
        if (ready)
            reply(net::http_reply::json(200, R"({"status":"ok"})"));
        else
            reply(net::http_reply::json(503, R"({"status":"stopping"})"));
    });
}

} // namespace ringback::app
