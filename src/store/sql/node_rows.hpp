#pragma once

#include "base/clock.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ringback::store {

/// The table `nodes`: who works with this store, who is lost, and who has taken whom over. A server without a cluster
/// is number 0, which may be lost and come back.
class node_rows {
public:
    explicit node_rows(soci::session& sql);
    node_rows(node_rows const&) = delete; // the statements hold the addresses of members
    node_rows& operator=(node_rows const&) = delete;

    /// The number of a new node.
    [[nodiscard]] integer add(std::string const& name, wall_time now);
    /// The node was not declared lost, and will not be before this transaction ends. To be asked before any other row
    /// is locked: a take-over locks the node first, too.
    [[nodiscard]] bool keep_in(integer number);
    [[nodiscard]] bool is_lost(integer number);
    void stamp(integer number, wall_time now);

    /// `number` is lost, and what it had taken over goes with it, to `by`, unless another one that lives has it. Who
    /// has it then; 0: nobody, for there is no such node or it is `by`. What number 0 left gets a number of its own,
    /// that of a lost node which `by` has.
    [[nodiscard]] integer take(integer number, integer by, wall_time now);
    /// Everybody but number 0 is lost, to number 0.
    void take_all(wall_time now);
    /// Number 0 is there again.
    void come_back(wall_time now);

    /// Names this database, and copies of it.
    [[nodiscard]] std::string database();
    /// The last sign of life of anybody.
    [[nodiscard]] wall_time last_sign();
    /// Without a sign since `then` or with a taker that is lost itself, and not `but`; oldest first.
    [[nodiscard]] std::vector<std::uint32_t> abandoned(integer but, wall_time then);

private:
    void number_what_was_alone();

    std::string name_;
    integer number_ = 0, by_ = 0, at_ = 0;
    soci::statement add_, keep_in_, is_lost_, stamp_, declare_, pass_on_, taker_, take_all_, come_back_, last_sign_,
        abandoned_, stand_in_, number_calls_, number_untold_, number_sessions_, database_;
};

} // namespace ringback::store
