#pragma once

#include "base/clock.hpp"
#include "store/sql/columns.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>

/// Where a page ended: the sort key of its last row, as an opaque text. The next page begins after this key, whatever
/// was inserted meanwhile. A text of the other list, or of nobody, is not read.
namespace ringback::store {

/// In a list of accounts, newest first. The default stands before the first.
struct account_position {
    wall_time created_at = wall_time::max();
    std::string id;
};

/// In a list of calls, newest first.
struct call_position {
    wall_time created_at = wall_time::max();
    integer number = std::numeric_limits<integer>::max(); ///< of the row: orders the calls of one millisecond
};

/// In a ledger, newest first.
struct entry_position {
    integer entry = std::numeric_limits<integer>::max();
};

/// In a list of contacts or blocks, newest first.
struct relation_position {
    integer number = std::numeric_limits<integer>::max();
};

/// In the list of dead letters, newest first.
struct webhook_position {
    integer number = std::numeric_limits<integer>::max();
};

[[nodiscard]] std::string cursor_of(account_position const& at);
[[nodiscard]] std::string cursor_of(call_position const& at);
[[nodiscard]] std::string cursor_of(entry_position const& at);
[[nodiscard]] std::string cursor_of(relation_position const& at);
[[nodiscard]] std::string cursor_of(webhook_position const& at);

[[nodiscard]] std::optional<account_position> account_position_of(std::string_view cursor);
[[nodiscard]] std::optional<call_position> call_position_of(std::string_view cursor);
[[nodiscard]] std::optional<entry_position> entry_position_of(std::string_view cursor);
[[nodiscard]] std::optional<relation_position> relation_position_of(std::string_view cursor);
[[nodiscard]] std::optional<webhook_position> webhook_position_of(std::string_view cursor);

} // namespace ringback::store
