#include "gateway/request_kind.hpp"

#include <array>
#include <cstddef>

namespace ringback::gateway {
namespace {

using call::refusal_channel;
using ports::limited_action;

// In the order of the enumerators. An app leaves the call screen on any call:error, so that only an attempt to call is
// refused by it.
constexpr std::array<request_rules, request_kinds> rules{{
    {"call:initiate", "call:error", refusal_channel::attempt, false, false, limited_action::initiate},
    {"call:cancel", "error", refusal_channel::general_error, false, true, limited_action::cancel},
    {"call:end", "error", refusal_channel::general_error, false, true, limited_action::end},
    {"call:accept", "error", refusal_channel::general_error, true, false, limited_action::accept},
    {"call:reject", "error", refusal_channel::general_error, false, true, limited_action::reject},
    {"call:refresh-token", "error", refusal_channel::general_error, true, false, {}},
    {"call:request", "call:error", refusal_channel::attempt, false, false, limited_action::initiate},
    {"webrtc:offer", "call:error", refusal_channel::call_error, true, false, {}},
    {"webrtc:answer", "call:error", refusal_channel::call_error, true, false, {}},
    {"webrtc:ice-candidate", "call:error", refusal_channel::call_error, true, false, {}},
    {"call:mute", "call:error", refusal_channel::call_error, true, false, {}},
    {"call:unmute", "call:error", refusal_channel::call_error, true, false, {}},
    {"call:video-off", "call:error", refusal_channel::call_error, true, false, {}},
    {"call:video-on", "call:error", refusal_channel::call_error, true, false, {}},
    {"call:hold", "call:error", refusal_channel::call_error, true, false, {}},
    {"call:resume", "call:error", refusal_channel::call_error, true, false, {}},
    {"reconnect:attempt", "reconnect:failed", refusal_channel::call_error, false, false, limited_action::resume},
    {"auth:handshake", "auth:error", refusal_channel::call_error, false, false, {}},
    {"user:list", "error", refusal_channel::general_error, false, false, {}},
    {"presence:list", "error", refusal_channel::general_error, false, false, {}},
    {"presence:subscribe", "error", refusal_channel::general_error, false, false, {}},
    {"presence:unsubscribe", "error", refusal_channel::general_error, false, false, {}},
    {"presence:request-counts", "error", refusal_channel::general_error, false, false, {}},
    {"calls:subscribe", "error", refusal_channel::general_error, false, false, {}},
    {"call:end", "error", refusal_channel::general_error, false, false, {}},
}};

} // namespace

request_rules const& rules_of(request_kind k) noexcept { return rules[static_cast<std::size_t>(k)]; }

request_rules rules_in(std::optional<call::realm> where, request_kind k) noexcept {
    request_rules all = rules_of(k);
    if (where == call::realm::peer && is_about_calls(k) && all.channel == refusal_channel::general_error) {
        all.error_event = "call:error";
        all.channel = refusal_channel::call_error;
    }
    return all;
}

std::optional<call::media_control> control_of(request_kind k) noexcept {
    switch (k) {
    case request_kind::mute: return call::media_control::mute;
    case request_kind::unmute: return call::media_control::unmute;
    case request_kind::video_off: return call::media_control::video_off;
    case request_kind::video_on: return call::media_control::video_on;
    case request_kind::hold: return call::media_control::hold;
    case request_kind::resume_media: return call::media_control::resume;
    default: return std::nullopt;
    }
}

std::uint32_t limit_of(request_kind k, attempt_limits const& limits) noexcept {
    switch (k) {
    case request_kind::initiate:
    case request_kind::request: return limits.initiate;
    case request_kind::cancel: return limits.cancel;
    case request_kind::end: return limits.end;
    case request_kind::accept: return limits.accept;
    case request_kind::reject: return limits.reject;
    default: return 0;
    }
}

} // namespace ringback::gateway
