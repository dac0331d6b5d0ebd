#include "call/refusal.hpp"

namespace ringback::call {

namespace {

struct wording {
    std::string_view code;
    std::string_view message;
};

// No default: the compiler names a code that is missing here.
wording wording_of(refusal_code c) noexcept {
    switch (c) {
    case refusal_code::invalid_request: return {"INVALID_REQUEST", "Invalid call request"};
    case refusal_code::invalid_call_type: return {"INVALID_CALL_TYPE", "Invalid call type"};
    case refusal_code::invalid_call_id: return {"INVALID_CALL_ID", "Invalid call ID"};
    case refusal_code::rate_limited: return {"RATE_LIMITED", "Too many requests. Please wait."};
    case refusal_code::account_unavailable:
        return {"ACCOUNT_UNAVAILABLE", "Your account is not available. Please contact support."};
    case refusal_code::callee_not_found: return {"CALLEE_NOT_FOUND", "This person is no longer available for calls."};
    case refusal_code::callee_offline:
        return {"CALLEE_OFFLINE", "{name} is currently offline. Please try again later."};
    case refusal_code::callee_busy: return {"CALLEE_BUSY", "{name} is busy on another call. Please try again later."};
    case refusal_code::callee_unavailable:
        return {"CALLEE_UNAVAILABLE", "{name} is currently unavailable. Please try again later."};
    case refusal_code::already_in_call: return {"ALREADY_IN_CALL", "You already have an active call."};
    case refusal_code::insufficient_coins: return {"INSUFFICIENT_COINS", "You do not have enough coins for this call."};
    case refusal_code::call_not_found: return {"CALL_NOT_FOUND", "Call not found or already ended."};
    case refusal_code::call_not_ringing: return {"CALL_NOT_RINGING", "Call is no longer available."};
    case refusal_code::call_not_active: return {"CALL_NOT_ACTIVE", "Call is not active."};
    case refusal_code::payload_too_large: return {"PAYLOAD_TOO_LARGE", "Payload too large."};
    case refusal_code::unauthorized: return {"UNAUTHORIZED", "Authentication required."};
    case refusal_code::internal: break;
    }
    return {"INTERNAL", "Something went wrong. Please try again."};
}

constexpr std::string_view too_many_attempts = "Too many call attempts. Please wait a moment.";
constexpr std::string_view general_failure = "An error occurred";
constexpr std::string_view name_mark = "{name}";

} // namespace

std::string_view to_string(refusal_code c) noexcept { return wording_of(c).code; }

std::string message_of(refusal_code c, refusal_channel channel, std::string_view callee_name) {
    if (c == refusal_code::rate_limited && channel == refusal_channel::attempt) return std::string{too_many_attempts};
    if (c == refusal_code::internal && channel == refusal_channel::general_error) return std::string{general_failure};
    std::string message{wording_of(c).message};
    if (auto at = message.find(name_mark); at != std::string::npos) message.replace(at, name_mark.size(), callee_name);
    return message;
}

} // namespace ringback::call
