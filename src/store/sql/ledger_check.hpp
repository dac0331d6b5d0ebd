#pragma once

#include <soci/session.h>

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace ringback::store {

/// Something that holds for every ledger. The query finds rows for which it does not, the first of them first: what
/// they are, what is said of them, and what it comes to. They stand in `sentence` as {0}, {1} and {2}.
struct ledger_rule {
    std::string_view sentence;
    std::string_view query;
};

struct ledger_totals {
    std::int64_t accounts = 0;
    std::int64_t entries = 0;
    std::int64_t calls = 0;
};

/// Recomputes what the ledger, the balances and the calls say of each other: every balance from its entries, every
/// entry from its call, every call from its duration and rates, its status from its history. `more` are rules of the
/// database at hand. Reads alone, within one transaction that is open: it sees one moment, also of a server that runs.
/// Gives the first difference. Throws what SQL throws.
///
/// A duration is not compared with the times of its call: it was taken from a clock that does not jump.
[[nodiscard]] std::expected<ledger_totals, std::string> check_ledger(soci::session& sql,
                                                                     std::span<ledger_rule const> more = {});

} // namespace ringback::store
