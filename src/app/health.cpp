#include "app/health.hpp"

namespace ringback::app {

void add_health(net::http_routes& routes, std::atomic<bool> const& ready, ports::call_store const& store) {
    routes.add("GET", "/healthz", [](net::shard&, net::http_request const&, net::reply_handler reply) {
        reply(net::http_reply::json(200, R"({"status":"ok"})"));
    });
    routes.add("GET", "/readyz", [&ready, &store](net::shard&, net::http_request const&, net::reply_handler reply) {
        if (!ready) return reply(net::http_reply::json(503, R"({"status":"stopping"})"));
        if (!store.state().is_available) return reply(net::http_reply::json(503, R"({"status":"store unavailable"})"));
        reply(net::http_reply::json(200, R"({"status":"ok"})"));
    });
}

} // namespace ringback::app
