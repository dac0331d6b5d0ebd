#pragma once

#include "base/ids.hpp"
#include "call/call_event.hpp"
#include "call/refusal.hpp"
#include "call/signal_queue.hpp"
#include "gateway/devices.hpp"
#include "gateway/error_to_wire.hpp"
#include "gateway/payloads.hpp"
#include "gateway/request_kind.hpp"
#include "ports/media_server.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

/// What the stations of a cluster say to each other, between the shards of a node and between nodes. Plain data: that
/// is all that can travel. Between two places everything arrives once and in its order, while both live.
namespace ringback::gateway {

/// The public id of a Socket.IO socket: names a device in the history of its call.
using device_name = std::array<char, 20>;

// To the home of a call ---------------------------------------------------------------------------------------------

struct call_input {
    call_id call;
    call::call_event event;
    device_name from{}; ///< of a request: the device
};
/// What a peer sends to the other.
struct sent_signal {
    call_id call;
    account_id from;
    call::device_ref device;
    request_kind kind = request_kind::offer;
    std::string payload; ///< as the other one gets it
    call::request_token token;
};
/// The device was gone before the home of the call has heard of it: what it was sent comes back.
struct missed_signal {
    call_id call;
    call::side to = call::side::caller;
    call::device_ref device;
    call::peer_signal what;
};
/// `call:refresh-token`.
struct wanted_media {
    call_id call;
    account_id who;
    call::device_ref device;
    call::request_token token;
};
struct heard_of_media {
    ports::media_notice what;
};
/// Look at this device, which is to be closed for `why`, when the call is over.
struct look_after_call {
    call_id call;
    socket_ref device;
    connect_refusal why = connect_refusal::token_invalid;
};
/// Prepaid: the caller's balance has changed.
struct moved_coins {
    call_id call;
    account_id caller;
};
/// End the call of the account, which is suspended, and then close its devices everywhere.
struct suspended_party {
    call_id call;
    account_id who;
};
struct call_question {
    enum class subject : std::uint8_t {
        misses_party, ///< whether it has no device in the call; the answer is empty for no
        resumed_call  ///< what the party could go on with, as JSON; empty: nothing
    };
    call_id call;
    account_id party;
    subject about = subject::misses_party;
    place back;
    std::uint64_t number = 0;
};

// To the place of a device or of a request ---------------------------------------------------------------------------

struct device_notice {
    socket_ref who;
    call_id about;
    on_screen effect = on_screen::unchanged;
    std::string event;
    std::string args;
    call::side to = call::side::caller;
    place home;                 ///< of the call
    bool is_second_try = false; ///< it did not reach another device
};
/// To the home: the end of the call did not reach a device because its node ends.
struct missed_end {
    device_notice what;
};
struct taken_leg {
    socket_ref who;
    call_id call;
    place home;
};
struct left_call {
    socket_ref who;
    call_id call;
    bool frees_screen = false;
};
struct passed_signal {
    call_id call;
    call::side to = call::side::caller;
    call::device_ref device;
    place home;
    call::peer_signal what;
};
struct request_success {
    call::request_token token;
    std::string acknowledgement; ///< JSON; may be empty when nobody wants it
};
struct request_refusal {
    call::request_token token;
    call::refusal_code code = call::refusal_code::internal;
};
struct call_answer {
    std::uint64_t number = 0;
    std::string text;
};
struct closing_wish {
    socket_ref who;
    connect_refusal why = connect_refusal::token_invalid;
};
/// The call has a new home, because the node of the former one is lost: a device that owned a side there says so.
struct moved_call {
    call_id call;
    call::side side = call::side::caller;
    call::device_ref device;
    place home;
};
/// A session token that this node has issued was shown at another one.
struct used_session {
    std::string hash;
};
/// Another device has taken its place.
struct replaced_device {
    socket_ref who;
};

// To all places ------------------------------------------------------------------------------------------------------

/// An ADMIN has written this account: what is known of it is old.
struct changed_account {
    account_id who;
};

using station_message =
    std::variant<call_input, sent_signal, missed_signal, wanted_media, heard_of_media, look_after_call, moved_coins,
                 suspended_party, call_question, device_notice, taken_leg, left_call, passed_signal, request_success,
                 request_refusal, call_answer, closing_wish, moved_call, used_session, replaced_device, changed_account,
                 missed_end>;

} // namespace ringback::gateway
