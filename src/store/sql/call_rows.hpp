#pragma once

#include "base/ids.hpp"
#include "call/call_record.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <optional>
#include <string>

namespace ringback::store {

/// Who pays and who is paid for a call, and what they have.
struct billed_parties {
    std::string caller, callee;
    std::int64_t caller_coins = 0, callee_coins = 0;
};

/// Writes the table `calls`. Each write holds its own condition and changes nothing when it does not hold. Triggers
/// keep `active_parties` in step: its primary key is what allows an account one active call, on whichever side.
class call_rows {
public:
    explicit call_rows(soci::session& sql);
    call_rows(call_rows const&) = delete; // the statements hold the addresses of members
    call_rows& operator=(call_rows const&) = delete;

    /// false: the id exists, or a party is in an active call.
    [[nodiscard]] bool open(call::call_facts const& facts);
    /// false: the call is not RINGING.
    [[nodiscard]] bool answer(call_id const& id, call::answering const& what);
    /// false: the call is not active.
    [[nodiscard]] bool close(call_id const& id, call::closing const& what, std::int64_t coins_unpaid);

    /// nullopt unless the call is active and between a user and a telecaller.
    [[nodiscard]] std::optional<billed_parties> to_be_billed(call_id const& id);

private:
    struct row {
        std::string id, type, caller, caller_realm, callee, callee_realm, status, reason;
        integer created_at = 0, expires_at = 0, ended_at = 0;
        nullable<integer> accepted_at;
        integer user_rate = 0, telecaller_rate = 0;
        integer duration_s = 0, coins_spent = 0, coins_earned = 0, coins_unpaid = 0;
    };
    struct parties_row {
        std::string caller, callee;
        integer caller_coins = 0, callee_coins = 0;
    };

    row in_;
    parties_row parties_;
    soci::statement open_, answer_, complete_, give_up_, to_be_billed_;
};

} // namespace ringback::store
