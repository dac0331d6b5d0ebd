#pragma once

#include "call/call_types.hpp"
#include "call/media_state.hpp"
#include "call/refusal.hpp"
#include "gateway/config.hpp"
#include "ports/call_registry.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ringback::gateway {

/// The events that clients may send.
enum class request_kind : std::uint8_t {
    initiate,
    cancel,
    end,
    accept,
    reject,
    refresh_token,
    // of `/`
    request,
    offer,
    answer,
    ice_candidate,
    mute,
    unmute,
    video_off,
    video_on,
    hold,
    resume_media,
    reconnect,
    handshake,
    user_list,
    // of `/user`
    presence_list,
    presence_subscribe,
    presence_unsubscribe,
    // of `/admin`
    request_counts,
    watch_calls,
    force_end
};
inline constexpr std::size_t request_kinds = 25;

/// What is the same for every event of a kind.
struct request_rules {
    std::string_view event;       ///< its name
    std::string_view error_event; ///< by which a refusal is told
    call::refusal_channel channel = call::refusal_channel::general_error;
    /// Refused with ACCOUNT_UNAVAILABLE before anything else when the sender's account is not available. Never for what
    /// ends the sender's own call; `initiate` checks it in its own order.
    bool needs_available_account = false;
    bool frees_screen = false; ///< once done, the sending device shows no call any more
    std::optional<ports::limited_action> limited_as;
};

[[nodiscard]] request_rules const& rules_of(request_kind k) noexcept;
/// The rules of a namespace: on `/` every refusal of a call event is a `call:error`. Nullopt: `/admin`.
[[nodiscard]] request_rules rules_in(std::optional<call::realm> where, request_kind k) noexcept;
/// What one peer sends to the other.
[[nodiscard]] constexpr bool is_signal(request_kind k) noexcept {
    return k >= request_kind::offer && k <= request_kind::resume_media;
}
/// About a call, or about taking part in calls.
[[nodiscard]] constexpr bool is_about_calls(request_kind k) noexcept {
    return k <= request_kind::handshake || k == request_kind::force_end;
}
/// The control of that kind; nullopt for `webrtc:*`.
[[nodiscard]] std::optional<call::media_control> control_of(request_kind k) noexcept;
/// Per minute and account; 0: no limit.
[[nodiscard]] std::uint32_t limit_of(request_kind k, attempt_limits const& limits) noexcept;

} // namespace ringback::gateway
