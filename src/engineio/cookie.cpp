#include "engineio/cookie.hpp"

namespace ringback::engineio {
namespace {

std::string_view to_string(same_site policy) noexcept {
    switch (policy) {
    case same_site::lax: return "Lax";
    case same_site::strict: return "Strict";
    case same_site::none: return "None";
    }
    return "";
}

} // namespace

std::string set_cookie(cookie_config const& config, session_id const& sid) {
    std::string out = config.name;
    out.append("=").append(sid.text()); // its alphabet needs no escaping
    if (config.max_age) out.append("; Max-Age=").append(std::to_string(config.max_age->count()));
    if (!config.domain.empty()) out.append("; Domain=").append(config.domain);
    if (!config.path.empty()) out.append("; Path=").append(config.path);
    if (config.http_only) out += "; HttpOnly";
    if (config.secure) out += "; Secure";
    return out.append("; SameSite=").append(to_string(config.same_site));
}

} // namespace ringback::engineio
