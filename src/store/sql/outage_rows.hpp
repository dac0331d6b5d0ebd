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

    /// Up to `most` ACCEPTED calls that lost nodes have left to `home` become its own, and all others too when it is 0.
    /// The outage of each begins with the last sign of life of its former home, unless it is in one: the servers
    /// between did nothing for it. true: there may be more.
    [[nodiscard]] bool begin(integer home, wall_time now, std::uint32_t most);
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
    /// What is not to be told after `now` is forgotten.
    void forget_late(wall_time now);
    /// Of calls of lost nodes that `node` has: those that are to be told after `now`.
    [[nodiscard]] std::vector<untold> left_to(integer node, wall_time now);
    /// Of all calls; those that are not to be told after `now` are forgotten.
    [[nodiscard]] std::vector<untold> inherit(wall_time now);

private:
    std::string id_, side_;
    integer at_ = 0, until_ = 0, node_ = 0, most_ = 0;
    soci::statement begin_, begin_all_, end_, keep_, drop_, forget_, forget_late_, all_, left_;
};

} // namespace ringback::store
