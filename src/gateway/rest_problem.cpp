#include "gateway/rest_problem.hpp"

#include "gateway/json_object.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

/// RFC 9110 section 15, of the statuses that are used here.
std::string_view title_of(unsigned status) {
    switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
    }
}

} // namespace

problem invalid_request(std::string detail) {
    return {400, std::move(detail), to_string(call::refusal_code::invalid_request)};
}

problem no_such_route() { return {404, "There is no such route.", {}}; }

problem no_such_account() { return {404, "Account not found", wire_of(connect_refusal::account_not_found).code}; }

problem no_such_call() { return {404, "Call not found", to_string(call::refusal_code::call_not_found)}; }

problem no_such_webhook() { return {404, "There is no such dead letter.", {}}; }

problem end_not_written() {
    return {503, "The end of the call is not written yet. Please try again.", to_string(call::refusal_code::internal)};
}

problem problem_of(connect_refusal r) {
    auto [message, code] = wire_of(r);
    bool is_anonymous = r == connect_refusal::token_required || r == connect_refusal::token_invalid;
    return {is_anonymous ? 401U : 403U, std::string{message}, code};
}

problem problem_of(ports::store_errc e) {
    if (e == ports::store_errc::bad_cursor) return invalid_request("cursor: not one of this list");
    return {503, "The store does not answer. Please try again.", to_string(call::refusal_code::internal)};
}

problem problem_of(ports::registry_errc) {
    return {503, "The nodes cannot agree. Please try again.", to_string(call::refusal_code::internal)};
}

net::http_reply render(problem const& p) {
    net::http_reply reply;
    reply.status = p.status;
    reply.headers.emplace_back("Content-Type", "application/problem+json");
    if (p.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
    reply.body = object_text(160 + p.detail.size(), [&](json_object& o) {
        o.text("type", "about:blank")
            .text("title", title_of(p.status))
            .number("status", p.status)
            .text("detail", p.detail);
        if (!p.code.empty()) o.text("code", p.code);
    });
    return reply;
}

} // namespace ringback::gateway
