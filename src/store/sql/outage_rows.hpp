#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/call_types.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringback::store {

/// What calls need of the store because their server can be lost: since when an ACCEPTED one is without one (`lost_at`
/// of `calls`), and who was not told yet that one has ended (the table `untold`).
class outage_rows {
public:
    explicit outage_rows(soci::session& sql);
    outage_rows(outage_rows const&) = delete; // the statements hold the addresses of members
    outage_rows& operator=(outage_rows const&) = delete;

    struct outage {
        wall_time since{};
        std::int64_t caller_coins = 0;
    };
    /// The outage of an ACCEPTED call begins at `at`, unless it is in one: the servers between did nothing for it.
    [[nodiscard]] outage begin(call_id const& id, wall_time at);
    /// false: the call is in none.
    [[nodiscard]] bool end(call_id const& id);

    struct untold {
        call_id id;
        call::side side = call::side::caller;
        wall_time until{};
    };
    /// false: the call is not known.
    [[nodiscard]] bool keep(untold const& what);
    void drop(call_id const& id, call::side side);
    /// Those that are to be told after `now`; the others are forgotten.
    [[nodiscard]] std::vector<untold> inherit(wall_time now);

private:
    std::string id_, side_;
    integer at_ = 0, coins_ = 0;
    soci::statement begin_, find_, end_, keep_, drop_, forget_, all_;
};

} // namespace ringback::store
