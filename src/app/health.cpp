#include "app/health.hpp"

#include <utility>

namespace ringback::app {

void add_health(net::http_routes& routes, std::atomic<bool> const& ready, ports::call_store const& store,
                std::function<bool()> is_agreed) {
    routes.add("GET", "/healthz", [](net::shard&, net::http_request const&, net::reply_handler reply) {
        reply(net::http_reply::json(200, R"({"status":"ok"})"));
    });
    routes.add("GET", "/readyz",
               [&ready, &store, is_agreed = std::move(is_agreed)](net::shard&, net::http_request const&,
                                                                  net::reply_handler reply) {
                   if (!ready) return reply(net::http_reply::json(503, R"({"status":"stopping"})"));
                   if (!store.state().is_available)
                       return reply(net::http_reply::json(503, R"({"status":"store unavailable"})"));
                   if (is_agreed && !is_agreed())
                       return reply(net::http_reply::json(503, R"({"status":"cluster unavailable"})"));
                   reply(net::http_reply::json(200, R"({"status":"ok"})"));
               });
}

} // namespace ringback::app
