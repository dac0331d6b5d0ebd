#pragma once

#include "base/ids.hpp"
#include "ports/call_store.hpp"
#include "store/sql/columns.hpp"
#include "store/sql/cursor.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringback::store {

/// A call and its place in the lists.
struct listed_call {
    ports::stored_call call;
    call_position position;
};

/// A call whose home is lost.
struct left_call {
    ports::stored_call call;
    wall_time last_sign{}; ///< of its home
};

/// Reads the table `calls`, with the parties' names of today.
class call_lists {
public:
    explicit call_lists(soci::session& sql);
    call_lists(call_lists const&) = delete; // the statements hold the addresses of members
    call_lists& operator=(call_lists const&) = delete;

    [[nodiscard]] std::optional<ports::stored_call> find(call_id const& id);
    /// The calls that pass the filter after `from`, newest first.
    [[nodiscard]] std::vector<listed_call> matching(ports::call_filter const& filter, call_position const& from,
                                                    std::uint32_t limit);
    /// Up to `most` RINGING calls that lost nodes have left to `node`; all RINGING ones when it is 0.
    [[nodiscard]] std::vector<left_call> ringing_left_to(integer node, std::uint32_t most);
    /// The ACCEPTED calls of `node` that nobody came back to since their server was lost, oldest first; all when it is
    /// 0.
    [[nodiscard]] std::vector<ports::inheritance::survivor> in_outage_at(integer node);

    [[nodiscard]] std::size_t count_active();

private:
    struct party_row {
        std::string id, realm;
        nullable<std::string> name, profile;

        void define(soci::statement& query);
        [[nodiscard]] call::party read() const;
    };
    struct row {
        party_row caller, callee;
        std::string id, type, status;
        nullable<std::string> reason;
        nullable<integer> accepted_at, media_started_at, ended_at;
        integer created_at = 0, expires_at = 0;
        integer user_rate = 0, telecaller_rate = 0;
        integer duration_s = 0, coins_spent = 0, coins_earned = 0, coins_unpaid = 0;
        integer number = 0;

        void define(soci::statement& query);
        [[nodiscard]] ports::stored_call read() const;
    };
    struct list_range {
        std::string id, status;
        integer created_at = 0, number = 0, limit = 0;
    };

    [[nodiscard]] std::vector<listed_call> read_page(soci::statement& list);

    list_range in_;
    row out_;
    integer node_ = 0, at_ = 0, coins_ = 0, count_ = 0;
    soci::statement find_, list_, all_, active_of_status_, over_of_status_, ringing_there_, ringing_anywhere_,
        in_outage_here_, in_outage_anywhere_, count_active_;
};

} // namespace ringback::store
