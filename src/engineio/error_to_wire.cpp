#include "base/json_text.hpp"
#include "engineio/errors.hpp"

#include <array>
#include <utility>

namespace ringback::engineio {
namespace {

struct wire_row {
    std::string_view message;
    unsigned status;
};

// Indexed by the code.
constexpr std::array<wire_row, 6> table{{
    {"Transport unknown", 400},
    {"Session ID unknown", 400},
    {"Bad handshake method", 400},
    {"Bad request", 400},
    {"Forbidden", 403},
    {"Unsupported protocol version", 400},
}};

constexpr wire_row const& row_of(refusal_code code) noexcept { return table[static_cast<std::size_t>(code)]; }

std::string_view text_of(refusal why, std::string_view forbidden_text) noexcept {
    bool own_words = why.code == refusal_code::forbidden && !forbidden_text.empty();
    return own_words ? forbidden_text : row_of(why.code).message;
}

} // namespace

std::string_view message_of(refusal_code code) noexcept { return row_of(code).message; }

std::string_view to_string(refusal_context context) noexcept {
    switch (context) {
    case refusal_context::none: return "";
    case refusal_context::transport_handshake_error: return "TRANSPORT_HANDSHAKE_ERROR";
    case refusal_context::invalid_origin: return "INVALID_ORIGIN";
    case refusal_context::transport_mismatch: return "TRANSPORT_MISMATCH";
    case refusal_context::protocol_mismatch: return "PROTOCOL_MISMATCH";
    case refusal_context::id_generation_error: return "ID_GENERATION_ERROR";
    case refusal_context::middleware_failure: return "MIDDLEWARE_FAILURE";
    }
    return "";
}

wire_error http_error(refusal why, std::string_view forbidden_text) {
    std::string body = R"({"code":)";
    body += std::to_string(static_cast<unsigned>(why.code));
    body += R"(,"message":)";
    append_json_string(body, text_of(why, forbidden_text));
    body += '}';
    return {row_of(why.code).status, "application/json", std::move(body)};
}

wire_error upgrade_error(refusal why, std::string_view forbidden_text) {
    return {400, "text/html", std::string{text_of(why, forbidden_text)}};
}

} // namespace ringback::engineio
