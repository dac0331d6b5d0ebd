#pragma once

#include "call/account.hpp"
#include "call/presence.hpp"
#include "ports/call_registry.hpp"
#include "ports/call_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The answers of REST (contract, section 5) as JSON text.
namespace ringback::gateway {

[[nodiscard]] std::string render_account(call::account const& a);
/// As the party on this side sees it; nullopt: as an ADMIN does, with both sides' figures.
[[nodiscard]] std::string render_call(ports::stored_call const& c, std::optional<call::side> as);
[[nodiscard]] std::string render_entry(ports::ledger_entry const& e);
[[nodiscard]] std::string render_timeline_event(ports::timeline_event const& e);
/// `POST …/coins`: the balance and the entry that moved it.
[[nodiscard]] std::string render_coins(ports::ledger_entry const& e);
[[nodiscard]] std::string render_stats(ports::presence_counts const& present, std::size_t active_calls, wall_time now);

/// `{items, nextCursor}`; the items are JSON already. An empty cursor is the end: null.
[[nodiscard]] std::string render_list(std::vector<std::string> const& items, std::string_view next_cursor);

/// The side of the account in this call; nullopt when it is no party.
[[nodiscard]] std::optional<call::side> side_of(ports::stored_call const& c, account_id const& who);

} // namespace ringback::gateway
