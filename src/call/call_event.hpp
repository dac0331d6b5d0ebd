#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/call_types.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What can happen to a call: the inputs of call_machine.
namespace ringback::call {

/// Names a request of a client or operator that waits for its answer. Opaque to the machine, which gives it back in
/// exactly one `answer`. The null token asks for no answer.
struct request_token {
    place at;                 ///< where the answer is to be delivered
    std::uint64_t number = 0; ///< 0: nobody waits

    [[nodiscard]] bool is_null() const noexcept { return number == 0; }
    friend bool operator==(request_token const&, request_token const&) = default;
};

/// Whether the sender is within its limit for this event. Beyond it an event still acts on the sender's own current
/// call, so that no hang-up is swallowed; one that would not act is refused with RATE_LIMITED instead of its own code.
enum class allowance : std::uint8_t { within_limit, over_limit };

/// A client's event about the call. The gateway has checked that its payload is well-formed (and for `accept` that the
/// account is available); that the sender is a party, and the right one, the machine checks itself.
struct client_request {
    request_token token;
    account_id account;
    device_ref device;
    allowance limit = allowance::within_limit;
};
struct accept : client_request {
    /// By calling the caller at the same time (glare): the sender learns of the acceptance as a caller does.
    bool by_request = false;
};
struct reject : client_request {
    std::string reason; ///< a peer's own words; empty: "rejected"
};
struct cancel : client_request {};
struct hang_up : client_request {}; ///< `call:end`

/// Between peers a device takes over its party's side: the one that had it is gone, or half-open and about to be.
struct resume : client_request {
    device_ref instead_of;           ///< whose place it takes; null: of whichever is gone
    std::uint32_t instead_of_node{}; ///< or of whichever is at this node; 0: none
};

/// A device of a party connected: the registry named this call when the device was added. Any realm; those in which the
/// party does not take part are ignored, and a device that is known already changes nothing.
struct device_joined {
    call::side side = call::side::caller;
    device_ref device;
    /// It owned the side at the call's former home, which is lost, and has been there all the time.
    bool is_owner = false;
};

enum class departure : std::uint8_t {
    own_disconnect, ///< a Socket.IO DISCONNECT (either way) or an Engine.IO close packet: nobody will come back
    drop,           ///< every other end of the transport
    server_stops,   ///< the server closes it because it ends: what becomes of the call is the next one's to decide
    server_lost     ///< its server is gone, another one than that of the call
};
/// A device of a party is gone.
struct device_left {
    call::side side = call::side::caller;
    device_ref device;
    departure how = departure::drop;
    moment lost_at; ///< when its transport closed, or after a ping timeout its last packet: what is billed ends here
    /// The party's devices that are still there in its realm. They count although their own device_joined, which
    /// another shard sends, may still be on its way: a new socket is not missed because the loss of the old one is told
    /// first.
    std::vector<device_ref> remaining{};
};

/// A device that shares its party's side uses the call, by an event that the machine does not get otherwise.
struct device_acted {
    call::side side = call::side::caller;
    device_ref device;
};

/// The time of next_deadline() has come. Harmless when it has not.
struct deadline_reached {};

/// The server ends the call: `admin`, `account_suspended`, `room_finished`, `setup_failed` … A call that is over stays
/// as it is.
struct terminate {
    request_token token;
    end_reason reason = end_reason::admin;
};

/// The caller's balance of now; looked at in prepaid calls only.
struct balance_changed {
    std::optional<std::int64_t> coins; ///< nullopt: it could not be read
    std::uint64_t answers = 0;         ///< the number of the `read_balance` that asked for it; 0: it changed by itself
};

/// The store's answer to the `record` effect of this number. An answer that nobody waits for any more is ignored.
struct recorded {
    enum class outcome : std::uint8_t { written, failed };
    std::uint64_t number = 0;
    outcome result = outcome::written;
};

/// What a media server said of the call's room by itself. It may come late, twice or in the wrong order; one that never
/// comes is made up for (media_watch).
struct media_hint {
    enum class kind : std::uint8_t {
        joined,
        left,         ///< may come back
        removed,      ///< by an operator of the media server: will not
        room_finished ///< of no party
    };
    kind what = kind::joined;
    call::side side = call::side::caller;
    std::string connection; ///< the party's, by the media server's name for it; a device that moves has another one
    wall_time joined_at{};  ///< when that connection began; the media server's clock
};

/// The answer to an `ask_media`: who is in the room.
struct media_roster {
    struct seat {
        std::string connection;
        wall_time joined_at{};
    };
    std::uint64_t number = 0; ///< of the question
    /// By side, nullopt for a party that is not there. nullopt: the media server could not be asked.
    std::optional<std::array<std::optional<seat>, 2>> seats;
};

using call_event = std::variant<accept, reject, cancel, hang_up, resume, device_joined, device_left, device_acted,
                                deadline_reached, terminate, balance_changed, recorded, media_hint, media_roster>;

} // namespace ringback::call
