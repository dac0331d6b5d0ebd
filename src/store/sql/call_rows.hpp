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

/// A party of a call that is still active.
struct active_party {
    std::string account;
    call::realm realm = call::realm::user;
    std::int64_t coins = 0; ///< what the account has
};
struct active_parties {
    active_party caller, callee;
};

/// Writes the table `calls`, and with it `active_parties`, whose key is what allows an account one active call, on
/// whichever side. Each write holds its own condition and changes nothing when it does not hold.
class call_rows {
public:
    explicit call_rows(soci::session& sql);
    call_rows(call_rows const&) = delete; // the statements hold the addresses of members
    call_rows& operator=(call_rows const&) = delete;

    /// `home` is the node that has it. false: the id exists, or a party is in an active call.
    [[nodiscard]] bool open(call::call_facts const& facts, integer home);
    /// A RINGING call of another node becomes one of `home`. false: it is not RINGING, or its home is that one.
    [[nodiscard]] bool adopt(call_id const& id, integer home);
    /// A MISSED call with `busy`, which claims nobody. false: the id exists.
    [[nodiscard]] bool insert_busy(call::call_facts const& facts, wall_time ended_at);
    /// false: the call is not RINGING.
    [[nodiscard]] bool answer(call_id const& id, call::answering const& what);
    /// ACCEPTED by exactly this → RINGING again. false: it was not.
    bool take_back(call_id const& id, call::answering const& what);
    /// nullopt unless the call is active.
    [[nodiscard]] std::optional<active_parties> parties_of(call_id const& id);
    /// false: the call is not active.
    [[nodiscard]] bool close(call_id const& id, call::closing const& what, active_parties const& parties,
                             std::int64_t coins_unpaid);

private:
    void take(call::call_facts const& facts);
    bool claim(std::string const& account);
    void free(std::string const& account);

    struct row {
        std::string id, type, caller, caller_realm, callee, callee_realm, status, reason;
        integer created_at = 0, expires_at = 0, ended_at = 0, home_node = 0;
        nullable<integer> accepted_at;
        integer user_rate = 0, telecaller_rate = 0;
        integer duration_s = 0, coins_spent = 0, coins_earned = 0, coins_unpaid = 0;
    };
    struct parties_row {
        std::string caller, caller_realm, callee, callee_realm;
        integer caller_coins = 0, callee_coins = 0;
    };

    row in_;
    parties_row out_;
    std::string party_;
    soci::statement open_, insert_busy_, adopt_, answer_, take_back_, complete_, give_up_, parties_, claim_, free_;
};

} // namespace ringback::store
