#pragma once

#include "gateway/rest_exchange.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::gateway {

enum class rest_access : std::uint8_t {
    any_account,
    admin,
    media_server ///< no account: the handler checks the signature
};

struct rest_route {
    std::string_view method;
    std::string_view path; ///< below rest_prefix; a segment `{name}` stands for any text
    rest_access who;
    void (*handle)(exchange_ptr);
};

inline constexpr std::string_view rest_prefix = "/api/v1";

/// Every route of the contract's section 5 that is served, as /openapi.json describes them.
[[nodiscard]] std::span<rest_route const> rest_routes() noexcept;

struct rest_match {
    rest_route const* route = nullptr;
    std::vector<std::string> ids; ///< decoded
};
/// Why there is none: an unknown path (404), or a known one with another method (405), whose methods are in `allowed`.
struct rest_mismatch {
    problem why;
    std::string allowed; ///< for the header `Allow`; empty for an unknown path
};
/// `path`: of the request, without query. HEAD is served as GET.
[[nodiscard]] std::expected<rest_match, rest_mismatch> match_rest_route(std::string_view method, std::string_view path);

// The handlers. The exchange's account is known, active and allowed to use the route; take_webhook has none.
void get_me(exchange_ptr x);
void list_accounts(exchange_ptr x);
void get_account(exchange_ptr x);
void put_account(exchange_ptr x);
void patch_account(exchange_ptr x);
void add_coins(exchange_ptr x);
void list_ledger(exchange_ptr x);
void list_calls(exchange_ptr x);
void get_call(exchange_ptr x);
void list_call_events(exchange_ptr x);
void end_call(exchange_ptr x);
void list_telecallers(exchange_ptr x);
void get_stats(exchange_ptr x);
void list_contacts(exchange_ptr x);
void put_contact(exchange_ptr x);
void delete_contact(exchange_ptr x);
void list_blocks(exchange_ptr x);
void put_block(exchange_ptr x);
void delete_block(exchange_ptr x);
void put_pair(exchange_ptr x);
void delete_pair(exchange_ptr x);
void get_ice_servers(exchange_ptr x);
void take_webhook(exchange_ptr x);

} // namespace ringback::gateway
