#pragma once

#include "call/account.hpp"
#include "call/call_effect.hpp"
#include "call/call_record.hpp"
#include "call/presence.hpp"
#include "call/tariff.hpp"
#include "ports/media_server.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The payloads of `/user` and `/telecaller` (contract, section 3), as JSON text: fields and order as in the seed, what
/// the contract adds behind them.
namespace ringback::gateway {

class json_object;

/// The members `_id`, `name` and `profile`: what one party sees of another.
void write_display(json_object& o, call::display const& who);

/// An event to be emitted. The name has static storage.
struct rendered_event {
    std::string_view name;
    std::string args;
};

/// A notice to one side of a call. `media` is the value of `livekit` for that side, used by `accepted` alone.
[[nodiscard]] rendered_event render_notice(call::notice const& n, call::call_facts const& facts, call::side to,
                                           std::string_view media);
/// A final notice (call::is_final), for which the call itself need not be known any more.
[[nodiscard]] rendered_event render_final(call::notice const& n, call_id const& call, call::side to);

/// The acknowledgement `{ok: true, callId, …}`. `media` is for `ack_accepted` alone.
[[nodiscard]] std::string render_ok(call::acknowledgement const& a, call::call_facts const& facts,
                                    std::string_view media);
[[nodiscard]] std::string render_ended_ok(call::ack_ended const& a, call_id const& call);
/// `{ok: true, callId}`.
[[nodiscard]] std::string render_done_ok(call_id const& call);
/// `call:refresh-token`.
[[nodiscard]] std::string render_refreshed_ok(call_id const& call, std::string_view media);

/// `livekit {token, url, roomName}`.
[[nodiscard]] std::string render_media(ports::media_credentials const& c);

/// `call:changed` on `/admin`: the call with both parties, and with its figures once it is over.
[[nodiscard]] std::string render_changed(call::call_facts const& facts, call::call_status now,
                                         call::closing const* closing);

/// `telecaller:presence-changed`; `who` is set for ONLINE.
[[nodiscard]] std::string render_presence(account_id const& telecaller, call::presence now, call::account const* who);
/// One item of `presence:list`: the details, `presence` and `rates`.
void append_listed_telecaller(std::string& out, call::account const& who, call::presence now, call::tariff const& t);

} // namespace ringback::gateway
