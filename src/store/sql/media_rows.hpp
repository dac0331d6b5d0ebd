#pragma once

#include "base/ids.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ringback::store {

/// What the store keeps of media servers: the table `media_rooms` of rooms that may still exist, and when the media of
/// a call began.
class media_rows {
public:
    explicit media_rows(soci::session& sql);
    media_rows(media_rows const&) = delete; // the statements hold the addresses of members
    media_rows& operator=(media_rows const&) = delete;

    void expect_room(call_id const& call);
    void forget_room(call_id const& call);
    /// Of calls that are over and whose home is this node or one that it took over, oldest first; of all when it is 0.
    [[nodiscard]] std::vector<call_id> left_to(integer node, std::uint32_t limit);
    /// false: it began before, or there is no such call.
    [[nodiscard]] bool begin(call_id const& call, wall_time at);

private:
    std::string call_;
    integer at_ = 0, limit_ = 0, node_ = 0;
    soci::statement expect_, forget_, left_, begin_;
};

} // namespace ringback::store
