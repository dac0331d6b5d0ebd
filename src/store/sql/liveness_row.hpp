#pragma once

#include "base/clock.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <optional>

namespace ringback::store {

/// The one row of `liveness`: when a server is last known to have been alive.
class liveness_row {
public:
    explicit liveness_row(soci::session& sql);
    liveness_row(liveness_row const&) = delete; // the statements hold the addresses of members
    liveness_row& operator=(liveness_row const&) = delete;

    void stamp(wall_time now);
    [[nodiscard]] std::optional<wall_time> last();

private:
    integer at_ = 0;
    soci::statement stamp_, last_;
};

} // namespace ringback::store
