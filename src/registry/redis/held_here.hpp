#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/account.hpp"
#include "ports/call_registry.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ringback::registry {

/// What one node holds: its devices, the calls that have their home here, and what was last heard of the presence of
/// the accounts in either. With it the node answers for its own calls, and tells a Redis that has lost its memory what
/// to know. Not thread-safe.
class held_here {
public:
    struct linger {
        mono_time until{};        ///< the beginning of time: there is none
        std::uint64_t number = 0; ///< 0: Redis has not numbered it yet

        [[nodiscard]] bool is_on() const noexcept { return until != mono_time{}; }
    };
    struct person {
        call::role role = call::role::user;
        std::vector<call::device_ref> devices;   ///< of this node
        std::array<linger, 3> lingers;           ///< by realm: of devices that were here
        std::array<wall_time, 3> last_seen{};    ///< by realm
        std::array<call::presence, 3> shown{};   ///< by realm, as the last change said
        std::array<std::uint64_t, 3> versions{}; ///< of these changes
        std::uint32_t pins = 0;
        std::optional<ports::involvement> active; ///< in a call whose home is here
    };
    struct held_call {
        ports::claim_request what;
        bool is_accepted = false, is_released = false;
        mono_time rings_until{};
    };

    void add(account_id const& account, call::role role, call::device_ref device);
    /// What can be said of it without the others.
    ports::departed remove(account_id const& account, call::device_ref device, wall_time lost_at);
    void lingers(account_id const& account, call::realm realm, linger how);
    void begin_call(ports::claim_request const& what, mono_time rings_until, bool is_accepted);
    void accept_call(call_id call);
    void release_call(call_id call);
    void forget_call(call_id call);
    void note(ports::presence_changes const& changes);
    /// A device was refused that may have been added and told to others: as if it had been told, so that a Redis
    /// without memory is asked to tell the opposite.
    void suspect(account_id const& account, call::realm realm);
    /// Keeps what is known of an account while Redis has not heard what became of it.
    void pin(account_id const& account);
    void unpin(account_id const& account);
    /// Lingers that are over are forgotten, and with them who has nothing else here.
    void forget_lingers(mono_time now);

    [[nodiscard]] std::optional<place> home_of(call_id call) const;
    [[nodiscard]] std::optional<ports::involvement> active_of(account_id const& account) const;
    [[nodiscard]] std::vector<account_id> parties_of(call_id call) const;
    [[nodiscard]] std::vector<call::device_ref> devices_of(account_id const& account, call::realm realm) const;
    [[nodiscard]] std::unordered_map<account_id, person> const& people() const noexcept { return people_; }
    [[nodiscard]] std::unordered_map<call_id, held_call> const& calls() const noexcept { return calls_; }

private:
    using people_map = std::unordered_map<account_id, person>;
    void drop_if_empty(people_map::iterator who);

    people_map people_;
    std::unordered_map<call_id, held_call> calls_;
};

} // namespace ringback::registry
