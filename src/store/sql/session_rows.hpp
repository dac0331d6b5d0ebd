#pragma once

#include "base/clock.hpp"
#include "ports/call_store.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <string>
#include <vector>

namespace ringback::store {

/// The table `sessions`: the hashes of session tokens that are good, or will be for a while.
class session_rows {
public:
    explicit session_rows(soci::session& sql);
    session_rows(session_rows const&) = delete; // the statements hold the addresses of members
    session_rows& operator=(session_rows const&) = delete;

    void insert(std::string const& hash, account_id const& account);
    void remove(std::string const& hash);
    void let_expire(std::string const& hash, wall_time until);
    /// Those that were good until `then` at most.
    void forget_old(wall_time then);

    /// All that are left; none of them will be good for longer than `until`.
    [[nodiscard]] std::vector<ports::inheritance::session> inherit(wall_time until);

private:
    std::string hash_, account_;
    integer at_ = 0;
    soci::statement insert_, remove_, let_expire_, forget_, limit_, all_;
};

} // namespace ringback::store
