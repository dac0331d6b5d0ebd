#pragma once

#include "base/ids.hpp"
#include "ports/call_store.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <string>
#include <vector>

namespace ringback::store {

/// The table `call_events`: the history of each call, numbered in the order in which it was written.
class timeline_rows {
public:
    explicit timeline_rows(soci::session& sql);
    timeline_rows(timeline_rows const&) = delete; // the statements hold the addresses of members
    timeline_rows& operator=(timeline_rows const&) = delete;

    void append(call_id const& call, ports::timeline_event const& event);
    [[nodiscard]] std::vector<ports::timeline_event> of(call_id const& call);

private:
    struct row {
        std::string call, type, by, device, node, details;
        integer at = 0;
    };

    row in_, out_;
    soci::statement append_, list_;
};

} // namespace ringback::store
