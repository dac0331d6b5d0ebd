#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/call_event.hpp"
#include "call/call_record.hpp"
#include "call/call_types.hpp"
#include "call/refusal.hpp"
#include "call/tariff.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What call_machine wants done. The home shard carries out the effects of one event in their order, before it gives
/// the machine the next event. Payloads are completed from call_machine::facts().
namespace ringback::call {

// Notices: one per documented event. ---------------------------------------------------------------------------------

struct incoming { ///< `call:incoming`
    friend bool operator==(incoming const&, incoming const&) = default;
};
struct ringing { ///< `call:ringing`
    friend bool operator==(ringing const&, ringing const&) = default;
};
struct accepted { ///< `call:accepted`, in the form of the side it goes to; credentials are minted by who carries it out
    friend bool operator==(accepted const&, accepted const&) = default;
};
struct rejected { ///< `call:rejected`
    std::string reason;
    friend bool operator==(rejected const&, rejected const&) = default;
};
struct missed { ///< `call:missed`
    end_reason reason = end_reason::timeout;
    friend bool operator==(missed const&, missed const&) = default;
};
struct cancelled { ///< `call:cancelled`
    enum class because : std::uint8_t { call_is_over, answered_elsewhere, rejected_elsewhere };
    because why = because::call_is_over;
    end_reason reason = end_reason::cancelled; ///< told when the call is over; see reason_text()
    friend bool operator==(cancelled const&, cancelled const&) = default;
};
struct ended { ///< `call:ended`; of the coins each side is told its own
    end_reason reason = end_reason::hangup;
    call::figures figures;
    friend bool operator==(ended const&, ended const&) = default;
};
struct reconnecting { ///< `call:reconnecting`: the other party is away
    std::chrono::milliseconds grace{};
    friend bool operator==(reconnecting const&, reconnecting const&) = default;
};
struct reconnected { ///< `call:reconnected`: it is back
    friend bool operator==(reconnected const&, reconnected const&) = default;
};
using notice = std::variant<incoming, ringing, accepted, rejected, missed, cancelled, ended, reconnecting, reconnected>;

/// How a side is told that a call has ended so. `rejection`: what the caller is told of a REJECTED call.
[[nodiscard]] notice final_notice(side to, call_status status, end_reason reason, call::figures const& figures,
                                  std::string_view rejection);
/// The `reason` of `call:cancelled` on the wire.
[[nodiscard]] std::string_view reason_text(cancelled const& c) noexcept;
/// Whether the device's screen is free again after this notice. Apps do not read the callId of such an event: a device
/// that has begun another call since must not get it (races.md row 25), which only the device's shard can know.
[[nodiscard]] bool is_final(notice const& n) noexcept;

// Answers: the body of an acknowledgement, beside `ok` and `callId`. --------------------------------------------------

struct ack_opened { ///< to the request that began the call
    wall_time expires_at{};
    friend bool operator==(ack_opened const&, ack_opened const&) = default;
};
struct ack_accepted { ///< to accept: `callType`, `role`, `peer`, media credentials
    friend bool operator==(ack_accepted const&, ack_accepted const&) = default;
};
struct ack_done { ///< to reject, cancel and terminate
    friend bool operator==(ack_done const&, ack_done const&) = default;
};
struct ack_ended { ///< to hang_up: the figures of the sender's side
    call::side side = call::side::caller;
    call::figures figures;
    friend bool operator==(ack_ended const&, ack_ended const&) = default;
};
struct ack_joined { ///< to a request that met the other's: the sender is the callee
    wall_time expires_at{};
    friend bool operator==(ack_joined const&, ack_joined const&) = default;
};
struct ack_resumed { ///< to resume: the call as this side goes on with it
    call::side side = call::side::caller;
    friend bool operator==(ack_resumed const&, ack_resumed const&) = default;
};
using acknowledgement = std::variant<ack_opened, ack_accepted, ack_done, ack_ended, ack_joined, ack_resumed>;

// Effects ------------------------------------------------------------------------------------------------------------

/// Write this to the store, with a timeline event made of it. A `number` other than 0 is waited for: give the outcome
/// back as `recorded`. 0 is not: what it says was told already. A `closing` the store keeps and tries by itself.
struct record {
    std::uint64_t number = 0;
    std::variant<opening, answering, resumption, closing> what;
    std::optional<side> by;           ///< whose act it was; nullopt: the clock's or the server's
    std::optional<device_ref> device; ///< by which device
};

/// A prepaid call has used up the coins that are known of: read the caller's balance from the store, and give it back
/// as `balance_changed` with this number. Coins that were committed by then still count (races.md row 40).
struct read_balance {
    std::uint64_t number = 0;
};

/// Ask the media server who is in the call's room, and give the answer back as `media_roster` with this number.
struct ask_media {
    std::uint64_t number = 0;
};

/// Both parties have reached the media, the later one at this time: write it to the call and to its history.
struct record_media {
    wall_time began_at{};
};

/// Emit to one device. A device that is gone meanwhile is passed over.
struct tell {
    side to = side::caller;
    device_ref device;
    notice what;
};

/// Acknowledge, and if refused emit the error event of the device's namespace. After an ok answer to reject, cancel or
/// hang_up the sending device shows no call any more: for it the answer stands for the final notice.
struct answer {
    request_token token;
    std::expected<acknowledgement, refusal_code> result;
};

/// From now on this device is the owning device of the side, or shares it: it joins the room `call:<callId>` and shows
/// this call.
struct take_leg {
    call::side side = call::side::caller;
    device_ref device;
};

/// This device shares the side no more, another one owns it: it leaves the room and shows no call.
struct drop_leg {
    call::side side = call::side::caller;
    device_ref device;
};

/// The party is back: what was signalled to it meanwhile goes to its device, in order.
struct deliver_kept {
    side to = side::caller;
};

/// The party is away and did not leave by itself: keep this for its first device that connects in its realm before
/// `until` (call_registry::keep_final_event).
struct keep_final_event {
    side to = side::caller;
    notice what;
    moment until;
    /// In an outage a device may be there already whose coming has not been heard of: it gets this too.
    bool may_be_back = false;
};

/// Tell the registry that the call is ACCEPTED; announce the presence changes that it answers.
struct mark_accepted {};

/// The call is over: empty its room, free both claims in the registry, announce the presence changes that it answers,
/// and do what waited for the end of the call (expired tokens, revoked approvals).
struct release {};

/// An ACCEPTED call ended, or its room came to life again since: delete its media room, in the background.
struct delete_room {};

/// Nothing can be answered from this machine any more: discard it, and the registry's entry of the call.
struct forget {};

using effect = std::variant<record, read_balance, ask_media, record_media, tell, answer, take_leg, drop_leg,
                            deliver_kept, keep_final_event, mark_accepted, release, delete_room, forget>;
using effects = std::vector<effect>;

} // namespace ringback::call
