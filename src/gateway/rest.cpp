#include "gateway/rest.hpp"

#include "base/log_line.hpp"
#include "gateway/openapi.hpp"
#include "gateway/rest_admission.hpp"
#include "gateway/rest_body.hpp"
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"
#include "net/shard.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ringback::gateway {
namespace {

/// Requests are logged without their query, in which people put what is no business of a log.
net::reply_handler logged(net::http_request const& request, net::reply_handler reply) {
    return [method = request.method, path = std::string{request.path()},
            reply = std::move(reply)](net::http_reply r) mutable {
        log_line{"http"}
            .text("method", method)
            .text("path", path)
            .number("status", r.status)
            .write(spdlog::level::debug);
        reply(std::move(r));
    };
}

} // namespace

void answer_rest(station& at, net::http_request const& request, net::reply_handler reply) {
    auto x = std::make_unique<rest_exchange>(at, request, logged(request, std::move(reply)));
    auto found = match_rest_route(request.method, request.path());
    if (!found) {
        net::http_reply refused = render(found.error().why);
        if (!found.error().allowed.empty()) refused.headers.emplace_back("Allow", found.error().allowed);
        return x->reply(std::move(refused));
    }
    x->ids = std::move(found->ids);
    auto question = std::min(request.target.find('?'), request.target.size() - 1);
    auto query = rest_query::parse(std::string_view{request.target}.substr(question + 1));
    if (!query) return x->refuse(invalid_request("The query is not percent-encoded correctly."));
    x->query = *std::move(query);
    if (request.body.size() > max_rest_body)
        return x->refuse({413, "The body is too large.", to_string(call::refusal_code::payload_too_large)});
    if (found->route->who == rest_access::media_server) return found->route->handle(std::move(x));
    admit(std::move(x), *found->route);
}

std::expected<ports::page_request, problem> page_of(rest_query const& query) {
    ports::page_request page;
    if (auto const* cursor = query.find("cursor")) page.cursor = *cursor;
    auto const* text = query.find("limit");
    if (!text) return page;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), page.limit);
    if (error != std::errc{} || end != text->data() + text->size() || page.limit < 1 || page.limit > 100)
        return std::unexpected{invalid_request("limit: allowed is 1 to 100")};
    return page;
}

void add_rest(net::http_routes& routes, gateway& of) {
    auto answer = [&of](net::shard& on, net::http_request const& request, net::reply_handler reply) {
        answer_rest(of.at(on.index()), request, std::move(reply));
    };
    // Every method, so that the ones without a route are refused by a problem document too.
    for (char const* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        routes.add(method, std::string{rest_prefix} + "/*", answer);
    routes.add("GET", "/openapi.json", [](net::shard&, net::http_request const&, net::reply_handler reply) {
        reply(net::http_reply::json(200, std::string{openapi_document()}));
    });
}

} // namespace ringback::gateway
