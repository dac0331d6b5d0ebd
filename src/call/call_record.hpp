#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/account.hpp"
#include "call/call_types.hpp"
#include "call/tariff.hpp"

#include <optional>

/// What a store keeps of a call: the steps of its life, as the call machine decides them and a store writes them.
namespace ringback::call {

struct party {
    display who;
    call::realm realm = call::realm::user; ///< where its devices take part in this call

    friend bool operator==(party const&, party const&) = default;
};

/// What is known of a call when it begins and never changes.
struct call_facts {
    call_id id;
    call_type type = call_type::audio;
    party caller;
    party callee;
    wall_time created_at{};
    wall_time expires_at{}; ///< when it stops ringing

    /// Both are on `/`.
    [[nodiscard]] bool is_between_peers() const noexcept { return caller.realm == realm::peer; }
    [[nodiscard]] party const& of(side s) const noexcept { return s == side::caller ? caller : callee; }
    friend bool operator==(call_facts const&, call_facts const&) = default;
};

/// Nothing → RINGING.
struct opening {
    call_facts facts;

    friend bool operator==(opening const&, opening const&) = default;
};

/// RINGING → ACCEPTED.
struct answering {
    wall_time accepted_at{};
    call::rates rates; ///< frozen here: a tariff that changes later does not change this call

    friend bool operator==(answering const&, answering const&) = default;
};

/// An ACCEPTED call goes on after an outage: both parties are back.
struct resumption {
    wall_time resumed_at{};

    friend bool operator==(resumption const&, resumption const&) = default;
};

/// RINGING or ACCEPTED → a final status. Complete in itself: it also holds what `answering` said.
struct closing {
    call_status status = call_status::missed;
    end_reason reason = end_reason::timeout;
    std::optional<wall_time> accepted_at; ///< nullopt unless COMPLETED
    wall_time ended_at{};
    call::rates rates; ///< all 0 unless COMPLETED
    call::figures figures;

    friend bool operator==(closing const&, closing const&) = default;
};

} // namespace ringback::call
