#pragma once

#include "call/account.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

/// Reads the bodies of REST requests. The error is the `detail` of a 400 problem.
namespace ringback::gateway {

/// A longer body is refused unread.
inline constexpr std::size_t max_rest_body = 64 * 1024;

/// `PUT` and `PATCH /accounts/{id}`: an object whose members are the fields to be written. Members that an account does
/// not have, or that only the server writes (`_id`, `coins`, `createdAt`), are passed over, so that a client may send
/// back what it got.
[[nodiscard]] std::expected<call::account_patch, std::string> read_account_patch(std::string_view body);

/// `POST /accounts/{id}/coins`.
struct coins_request {
    std::int64_t amount = 0; ///< within ±ports::max_balance
    std::string reason;      ///< empty without one
};
[[nodiscard]] std::expected<coins_request, std::string> read_coins(std::string_view body);

} // namespace ringback::gateway
