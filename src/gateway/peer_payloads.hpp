#pragma once

#include "call/call_effect.hpp"
#include "call/call_machine.hpp"
#include "call/call_record.hpp"
#include "call/media_state.hpp"
#include "call/presence.hpp"
#include "gateway/payloads.hpp"
#include "ports/call_store.hpp"

#include <array>
#include <string>
#include <string_view>

/// The payloads of `/` (contract, section 4), as JSON text.
namespace ringback::gateway {

class json_object;

/// What a payload of a call between peers needs beside the facts. Views, valid during the call.
struct peer_call_view {
    call::call_facts const& facts;
    std::string_view metadata;    ///< of the request, JSON; empty without
    std::string_view ice_servers; ///< of the side that the payload goes to, JSON
    /// What an accepted call carries: `"iceServers"` or `"livekit"`, and its value.
    std::string_view media_key;
    std::string_view media;
};

/// A notice to one side of a call.
[[nodiscard]] rendered_event render_peer_notice(call::notice const& n, peer_call_view const& c, call::side to);
/// A final notice, for which the call itself need not be known any more.
[[nodiscard]] rendered_event render_peer_final(call::notice const& n, call_id const& call);
/// The acknowledgement `{ok: true, callId, …}`.
[[nodiscard]] std::string render_peer_ok(call::acknowledgement const& a, peer_call_view const& c);
[[nodiscard]] std::string render_peer_ended_ok(call::ack_ended const& a, call_id const& call);

/// What a party that comes back goes on with: `call` in `auth:success` and `reconnect:success`.
[[nodiscard]] std::string render_resumed(call::call_machine const& m, call::side as,
                                         std::array<call::media_state, 2> const& media);

/// A presence object: display and `status`.
void write_peer_presence(json_object& o, call::display const& who, call::presence now);
/// An item of `GET /contacts`.
[[nodiscard]] std::string render_contact(ports::related const& r, call::presence now);
/// `user:online`.
[[nodiscard]] std::string render_user_online(call::display const& who, call::presence now);
/// `user:offline`.
[[nodiscard]] std::string render_user_offline(account_id const& who, wall_time last_seen);
/// `call:busy`.
[[nodiscard]] std::string render_busy(account_id const& to, call_id const& call);

} // namespace ringback::gateway
