#pragma once

#include "base/ids.hpp"
#include "call/refusal.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Every refusal as clients see it: the tables of contract sections 1 and 2.
namespace ringback::gateway {

/// Why a connection to a namespace is refused, in the order of the checks.
enum class connect_refusal : std::uint8_t {
    rate_limited,
    token_required,
    token_invalid,
    access_denied,
    account_not_found,
    account_suspended,
    not_approved
};

struct wire_error {
    std::string_view message;
    std::string_view code;
};
[[nodiscard]] wire_error wire_of(connect_refusal r) noexcept;
/// The `data` of CONNECT_ERROR.
[[nodiscard]] std::string render_connect_data(connect_refusal r);

/// The payload of the event that tells a socket why it is closed: `{message, code}`.
[[nodiscard]] std::string render_closing(connect_refusal r);

/// The acknowledgement `{ok: false, error: {code, message}}`.
[[nodiscard]] std::string render_refused(call::refusal_code c, std::string_view message);
/// The error event: `{message, code, callId?}`, without callId for the null id.
[[nodiscard]] std::string render_error(call::refusal_code c, std::string_view message, call_id const& about);

} // namespace ringback::gateway
