#include "call/call_effect.hpp"

namespace ringback::call {

std::string_view reason_text(cancelled const& c) noexcept {
    switch (c.why) {
    case cancelled::because::answered_elsewhere: return "answered_elsewhere";
    case cancelled::because::rejected_elsewhere: return "rejected_elsewhere";
    case cancelled::because::call_is_over: break;
    }
    return to_string(c.reason);
}

bool is_final(notice const& n) noexcept {
    return std::holds_alternative<rejected>(n) || std::holds_alternative<missed>(n) ||
           std::holds_alternative<cancelled>(n) || std::holds_alternative<ended>(n);
}

} // namespace ringback::call
