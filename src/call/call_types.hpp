#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

/// The words of contract section 0. The texts are those of the wire and of the stores; parsing gives nullopt for every
/// other text, and is exact in upper and lower case.
namespace ringback::call {

enum class call_type : std::uint8_t { audio, video };
[[nodiscard]] std::string_view to_string(call_type t) noexcept; ///< AUDIO, VIDEO
[[nodiscard]] std::optional<call_type> parse_call_type(std::string_view text) noexcept;

/// RINGING → ACCEPTED → COMPLETED, or RINGING → REJECTED, MISSED, CANCELLED. No other transition exists.
enum class call_status : std::uint8_t { ringing, accepted, completed, rejected, missed, cancelled };
[[nodiscard]] std::string_view to_string(call_status s) noexcept; ///< RINGING …
[[nodiscard]] std::optional<call_status> parse_call_status(std::string_view text) noexcept;
[[nodiscard]] constexpr bool is_final(call_status s) noexcept {
    return s != call_status::ringing && s != call_status::accepted;
}

/// Why a final status was reached.
enum class end_reason : std::uint8_t {
    hangup,
    rejected,
    cancelled,
    cancelled_late,
    timeout,
    busy,
    caller_disconnected,
    callee_disconnected,
    connection_lost,
    setup_failed,
    max_duration,
    coins_exhausted,
    account_suspended,
    admin,
    room_finished,
    server_lost
};
[[nodiscard]] std::string_view to_string(end_reason r) noexcept; ///< hangup …
[[nodiscard]] std::optional<end_reason> parse_end_reason(std::string_view text) noexcept;

enum class side : std::uint8_t { caller, callee };
[[nodiscard]] std::string_view to_string(side s) noexcept; ///< caller, callee
[[nodiscard]] constexpr side other(side s) noexcept { return s == side::caller ? side::callee : side::caller; }

/// The namespace a device is on: `/user`, `/telecaller`, or `/` for peers.
enum class realm : std::uint8_t { user, telecaller, peer };
[[nodiscard]] std::string_view to_string(realm r) noexcept; ///< user, telecaller, peer
[[nodiscard]] std::optional<realm> parse_realm(std::string_view text) noexcept;

/// One socket of an account. Its place is where notices for it are delivered.
struct device_ref {
    socket_ref socket;
    call::realm realm = call::realm::user;

    [[nodiscard]] bool is_null() const noexcept { return socket.is_null(); }
    friend bool operator==(device_ref const&, device_ref const&) = default;
};

} // namespace ringback::call
