#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringback::call {

/// Why a call event was refused: the table of contract section 1.
enum class refusal_code : std::uint8_t {
    invalid_request,
    invalid_call_type,
    invalid_call_id,
    rate_limited,
    account_unavailable,
    callee_not_found,
    callee_offline,
    callee_busy,
    callee_unavailable,
    already_in_call,
    insufficient_coins,
    call_not_found,
    call_not_ringing,
    call_not_active,
    payload_too_large,
    unauthorized,
    internal
};

/// The stable `code` of the wire: INVALID_REQUEST …
[[nodiscard]] std::string_view to_string(refusal_code c) noexcept;

/// Two codes have a second text, which depends on what was refused and by which event that is told.
enum class refusal_channel : std::uint8_t {
    attempt,      ///< `call:initiate`, `call:request`: an attempt to call, told by `call:error`
    call_error,   ///< any other event, told by `call:error`
    general_error ///< any other event, told by the general `error`
};

/// The default `message`. `{name}` is replaced by `callee_name` (name_in_message() of the callee), literally.
[[nodiscard]] std::string message_of(refusal_code c, refusal_channel channel, std::string_view callee_name = {});

} // namespace ringback::call
