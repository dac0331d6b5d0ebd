#pragma once

#include "base/clock.hpp"
#include "ports/cluster_store.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ringback::store {

/// The table `sessions`: the hashes of session tokens that are good, or will be for a while.
class session_rows {
public:
    explicit session_rows(soci::session& sql);
    session_rows(session_rows const&) = delete; // the statements hold the addresses of members
    session_rows& operator=(session_rows const&) = delete;

    /// `node` issued it.
    void insert(std::string const& hash, account_id const& account, integer node);
    void remove(std::string const& hash);
    void let_expire(std::string const& hash, wall_time until);
    /// Those that were good until `then` at most.
    void forget_old(wall_time then);

    /// All that are left; none of them will be good for longer than `until`.
    [[nodiscard]] std::vector<ports::inheritance::session> inherit(wall_time until);

    [[nodiscard]] ports::session_answer take(std::string const& hash, account_id const& account, wall_time now);
    /// Up to `most` of those whose devices were connected to nodes that `taker` has taken over will be good until then.
    /// true: there may be more.
    [[nodiscard]] bool limit_left(integer taker, wall_time until, std::uint32_t most);

private:
    std::string hash_, account_, found_;
    integer at_ = 0, node_ = 0, most_ = 0;
    soci::statement insert_, remove_, let_expire_, forget_, limit_, all_, take_, find_, limit_left_;
};

} // namespace ringback::store
