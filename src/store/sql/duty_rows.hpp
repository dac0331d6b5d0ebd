#pragma once

#include "ports/duty_roster.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <string>

namespace ringback::store {

/// The table `duties`: which node does what for all, and a number that counts each time it says so.
class duty_rows {
public:
    explicit duty_rows(soci::session& sql);
    duty_rows(duty_rows const&) = delete; // the statements hold the addresses of members
    duty_rows& operator=(duty_rows const&) = delete;

    struct seen {
        bool is_mine = false;
        integer beat = 0; ///< as the holder left it
    };
    /// The duty goes to `node` when it has it, nobody does, its holder is lost, or its beat is `stale`.
    [[nodiscard]] seen claim(ports::duty what, integer node, integer stale);
    void give_back(ports::duty what, integer node);

private:
    std::string name_;
    integer node_ = 0, beat_ = 0;
    soci::statement add_, claim_, find_, give_back_;
};

} // namespace ringback::store
