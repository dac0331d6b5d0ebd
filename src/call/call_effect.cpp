#include "call/call_effect.hpp"

namespace ringback::call {

namespace {

// A RINGING call that somebody else than its parties stopped: the callee's screen is cleared without "you missed it".
bool stops_ringing(end_reason r) {
    return r == end_reason::caller_disconnected || r == end_reason::admin || r == end_reason::account_suspended ||
           r == end_reason::setup_failed;
}

} // namespace

notice final_notice(side to, call_status status, end_reason reason, call::figures const& figures,
                    std::string_view rejection) {
    using because = cancelled::because;
    switch (status) {
    case call_status::rejected:
        if (to == side::caller) return rejected{std::string{rejection}};
        return cancelled{.why = because::rejected_elsewhere, .reason = reason};
    case call_status::missed:
        if (to == side::callee && stops_ringing(reason)) return cancelled{.reason = reason};
        return missed{reason};
    case call_status::cancelled:
        if (to == side::callee) return cancelled{.reason = reason};
        break; // the caller's own device, when another one cancelled
    default: break;
    }
    return ended{reason, figures};
}

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
