#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/account.hpp"
#include "call/call_effect.hpp"
#include "call/call_types.hpp"
#include "call/presence.hpp"
#include "call/refusal.hpp"
#include "ports/completion.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::ports {

/// The nodes cannot agree now: nothing was decided, and nothing was changed.
enum class registry_errc : std::uint8_t { unavailable };
template <class Result>
using agreed = std::expected<Result, registry_errc>;

/// The active (RINGING or ACCEPTED) call of an account.
struct involvement {
    call_id call;
    place home; ///< where all inputs of the call go: the shard of its caller
    call::side side = call::side::caller;
    call::realm realm = call::realm::user; ///< where the account takes part in it
    bool is_accepted = false;

    friend bool operator==(involvement const&, involvement const&) = default;
};

/// A change to be announced. The registry reports each change exactly once, in the answer of the operation that caused
/// it. Answers of different operations can overtake each other between threads: of two changes of one account in one
/// realm the higher version is the newer, and a change older than the last one announced is dropped (races.md row 50).
struct presence_change {
    account_id account;
    call::realm realm = call::realm::telecaller; ///< telecaller or peer: there is no presence of users
    call::presence now = call::presence::offline;
    std::uint64_t version = 0;
    wall_time last_seen{}; ///< of a change to OFFLINE: when the last device was lost

    friend bool operator==(presence_change const&, presence_change const&) = default;
};
using presence_changes = std::vector<presence_change>;

/// A final event that waits for a party that was away.
struct kept_event {
    account_id account;
    call::realm realm = call::realm::user;
    call_id call;
    call::side side = call::side::caller;
    std::string event; ///< as the device gets it
    std::string args;
    moment until;
    /// Devices that are there already get it too: nobody could tell them.
    bool is_for_present_too = false;
    /// Those of them that have gone with their node, which is still to say so: they are not there.
    std::vector<call::device_ref> gone{};
};

struct arrival {
    std::optional<involvement> active; ///< post device_joined to its home
    std::vector<kept_event> kept;      ///< of this realm, oldest first; handed out once
    presence_changes changes;
};

struct departed {
    std::optional<involvement> active; ///< post device_left to its home
    bool was_last = false;             ///< no device of the account is left in this realm
    /// In a call: the account's devices that are still there in this realm.
    std::vector<call::device_ref> remaining;
    /// Not 0: the account lingers; call end_linger with it when the time is over.
    std::uint64_t linger = 0;
    presence_changes changes;
};

struct claim_request {
    call_id call;
    place home;
    account_id caller;
    call::realm caller_realm = call::realm::user;
    account_id callee;
    call::realm callee_realm = call::realm::telecaller;
    bool can_afford = true; ///< false refuses with INSUFFICIENT_COINS, when every other check has passed
};

struct claimed {
    std::vector<call::device_ref> callee_devices; ///< at least one, all in callee_realm
    /// Set: the callee is calling the caller (glare, both are peers). Nothing was claimed; this is the callee's side of
    /// the call that there is.
    std::optional<involvement> crossing{};
};

struct taken_over {
    /// By side: the party's devices that are there already, in its realm of the call.
    std::array<std::vector<call::device_ref>, 2> devices;
    presence_changes changes;
};

struct released {
    presence_changes changes;
    /// The nodes agree that it was this home that let go of the call. Otherwise another node may have ended it, and the
    /// store decides which end holds.
    bool is_agreed = false;
};

struct present_account {
    account_id account;
    call::presence presence = call::presence::online;

    friend bool operator==(present_account const&, present_account const&) = default;
};

struct presence_counts {
    std::size_t online_users = 0;       ///< accounts with a device on `/user`
    std::size_t online_telecallers = 0; ///< accounts with a device on `/telecaller`

    friend bool operator==(presence_counts const&, presence_counts const&) = default;
};

/// What is counted per sliding minute, for an account or (connection) for an address.
enum class limited_action : std::uint8_t { initiate, cancel, end, accept, reject, resume, connection };

/// The only state that shards and nodes share: who has which devices, who is in which active call, where the home of a
/// call is. Every operation is atomic against all others. Each shard has a registry of its own to ask, for use on its
/// thread, or before the shards run; of a single node it is one and the same. An implementation may call the completion
/// before the function returns (the memory registry always does, outside its lock), or later on the shard.
///
/// While the nodes cannot agree, what asks or claims is refused at once (registry_errc::unavailable, INTERNAL). What
/// has happened already is completed at once too, as far as this node knows, and is told to the others as soon as they
/// can be reached; the changes of presence that this causes come by another way then.
class call_registry {
public:
    virtual ~call_registry() = default;

    // Devices ---------------------------------------------------------------------------------------------------------

    /// A device is connected, authenticated and greeted. Ends the lingering of its account in its realm. A device that
    /// is known already changes nothing. A claim that comes before names its call in the answer; one that comes after
    /// names this device in its own: the device is never missed and never rung twice.
    virtual void add_device(account_id const& account, call::role role, call::device_ref device, moment now,
                            completion<agreed<arrival>> done) = 0;

    /// A device is gone, since `lost_at`. With a `linger` above 0 an account that lost its last device in the realm
    /// still counts as online there, until end_linger; one that left by itself does not linger. An unknown device
    /// changes nothing.
    virtual void remove_device(account_id const& account, call::device_ref device, std::chrono::milliseconds linger,
                               wall_time lost_at, completion<departed> done) = 0;

    /// The linger of this number is over. Nothing happens when the account has come back meanwhile.
    virtual void end_linger(account_id const& account, call::realm realm, std::uint64_t linger,
                            completion<presence_changes> done) = 0;

    // Calls -----------------------------------------------------------------------------------------------------------

    /// Makes both accounts parties of a new RINGING call, or refuses with the first of: CALLEE_OFFLINE, CALLEE_BUSY (in
    /// an ACCEPTED call), CALLEE_UNAVAILABLE (no device), ALREADY_IN_CALL (unless the two peers call each other),
    /// CALLEE_BUSY (another ringing call), INSUFFICIENT_COINS (contract section 3). Of two claims that race for an
    /// account exactly one wins. `call` is new; `caller` and `callee` differ. INTERNAL: the nodes cannot agree.
    virtual void claim(claim_request request, completion<std::expected<claimed, call::refusal_code>> done) = 0;

    /// An ACCEPTED call of a server that was lost: both parties are in it, ON_CALL, with this home. REQUIRES: neither
    /// is in another call.
    virtual void take_over(claim_request left, completion<taken_over> done) = 0;

    /// The call is ACCEPTED: both parties are ON_CALL. Nothing for a call that is not active.
    virtual void mark_accepted(call_id call, completion<presence_changes> done) = 0;

    /// Both parties are free; only the home of the call does it. The home can still be found until forget_call. Nothing
    /// for a call that was released before; not agreed for one that is forgotten or has another home.
    virtual void release(call_id call, completion<released> done) = 0;

    /// Nobody will answer for this call any more. Releases it when that was not done.
    virtual void forget_call(call_id call, completion<presence_changes> done) = 0;

    /// The home of a call that is active or was released, but not forgotten.
    virtual void find_call(call_id call, completion<agreed<std::optional<place>>> done) = 0;

    virtual void active_call_of(account_id const& account, completion<agreed<std::optional<involvement>>> done) = 0;

    /// Hands `event` to the first device of the account that arrives in the realm before `until`. At most the newest
    /// few (8) of an account are kept. The answer names the devices that are to get it now: then it is not kept. Of one
    /// call and side it is the business of the node that brings it first: what another one brings is ignored.
    virtual void keep_final_event(kept_event event, moment now, completion<std::vector<call::device_ref>> done) = 0;

    // Presence --------------------------------------------------------------------------------------------------------

    /// `realm` is telecaller or peer. An account that is not a telecaller is OFFLINE in realm telecaller.
    virtual void presence_of(account_id const& account, call::realm realm, completion<agreed<call::presence>> done) = 0;

    /// Everyone who is ONLINE or ON_CALL in the realm (telecaller or peer), in no order. A peer has to be reachable:
    /// one who talks elsewhere is not in it, and no change tells of it.
    virtual void present_in(call::realm realm, completion<agreed<std::vector<present_account>>> done) = 0;

    /// Those of `who` that present_in() has.
    virtual void present_among(std::vector<account_id> who, call::realm realm,
                               completion<agreed<std::vector<present_account>>> done) = 0;

    virtual void counts(completion<agreed<presence_counts>> done) = 0;

    // Limits ----------------------------------------------------------------------------------------------------------

    /// Whether `subject` (an account id or an address) may go on; see call::rate_limiter::take. While the nodes cannot
    /// agree each counts for itself.
    virtual void take_attempt(limited_action action, std::string_view subject, std::uint32_t limit, mono_time now,
                              completion<bool> done) = 0;
};

} // namespace ringback::ports
