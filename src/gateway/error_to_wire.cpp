#include "gateway/error_to_wire.hpp"

#include "gateway/json_object.hpp"

namespace ringback::gateway {

// No default: the compiler names a refusal that is missing here.
wire_error wire_of(connect_refusal r) noexcept {
    switch (r) {
    case connect_refusal::rate_limited: return {"Too many connection attempts. Please wait.", "RATE_LIMITED"};
    case connect_refusal::token_required: return {"Authentication token required", "UNAUTHORIZED"};
    case connect_refusal::token_invalid: return {"Invalid or expired token", "UNAUTHORIZED"};
    case connect_refusal::access_denied: return {"Access denied", "ACCESS_DENIED"};
    case connect_refusal::account_not_found: return {"Account not found", "ACCOUNT_NOT_FOUND"};
    case connect_refusal::account_suspended: return {"Account suspended. Please contact support.", "ACCOUNT_SUSPENDED"};
    case connect_refusal::not_approved:
        return {"Account not approved. Please wait for admin approval.", "NOT_APPROVED"};
    }
    return {};
}

std::string render_connect_data(connect_refusal r) {
    return object_text(40, [&](json_object& o) { o.text("code", wire_of(r).code); });
}

std::string render_closing(connect_refusal r) {
    auto [message, code] = wire_of(r);
    return object_text(120, [&](json_object& o) { o.text("message", message).text("code", code); });
}

std::string render_refused(call::refusal_code c, std::string_view message) {
    return object_text(180, [&](json_object& o) {
        o.boolean("ok", false).object("error", [&](json_object& error) {
            error.text("code", to_string(c)).text("message", message);
        });
    });
}

std::string render_error(call::refusal_code c, std::string_view message, call_id const& about) {
    return object_text(180, [&](json_object& o) {
        o.text("message", message).text("code", to_string(c));
        if (!about.is_null()) o.id("callId", about);
    });
}

} // namespace ringback::gateway
