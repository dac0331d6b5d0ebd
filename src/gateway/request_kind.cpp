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
    {"presence:list", "error", refusal_channel::general_error, false, false, {}},
    {"presence:subscribe", "error", refusal_channel::general_error, false, false, {}},
    {"presence:unsubscribe", "error", refusal_channel::general_error, false, false, {}},
    {"presence:request-counts", "error", refusal_channel::general_error, false, false, {}},
    {"calls:subscribe", "error", refusal_channel::general_error, false, false, {}},
    {"call:end", "error", refusal_channel::general_error, false, false, {}},
}};

} // namespace

request_rules const& rules_of(request_kind k) noexcept { return rules[static_cast<std::size_t>(k)]; }

std::uint32_t limit_of(request_kind k, attempt_limits const& limits) noexcept {
    switch (k) {
    case request_kind::initiate: return limits.initiate;
    case request_kind::cancel: return limits.cancel;
    case request_kind::end: return limits.end;
    case request_kind::accept: return limits.accept;
    case request_kind::reject: return limits.reject;
    default: return 0;
    }
}

} // namespace ringback::gateway
