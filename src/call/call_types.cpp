#include "call/call_types.hpp"

#include "call/text_table.hpp"

namespace ringback::call {

namespace {

constexpr text_table<call_type, 2> types{{{call_type::audio, "AUDIO"}, {call_type::video, "VIDEO"}}};
constexpr text_table<call_status, 6> statuses{{{call_status::ringing, "RINGING"},
                                               {call_status::accepted, "ACCEPTED"},
                                               {call_status::completed, "COMPLETED"},
                                               {call_status::rejected, "REJECTED"},
                                               {call_status::missed, "MISSED"},
                                               {call_status::cancelled, "CANCELLED"}}};
constexpr text_table<end_reason, 16> reasons{{{end_reason::hangup, "hangup"},
                                              {end_reason::rejected, "rejected"},
                                              {end_reason::cancelled, "cancelled"},
                                              {end_reason::cancelled_late, "cancelled_late"},
                                              {end_reason::timeout, "timeout"},
                                              {end_reason::busy, "busy"},
                                              {end_reason::caller_disconnected, "caller_disconnected"},
                                              {end_reason::callee_disconnected, "callee_disconnected"},
                                              {end_reason::connection_lost, "connection_lost"},
                                              {end_reason::setup_failed, "setup_failed"},
                                              {end_reason::max_duration, "max_duration"},
                                              {end_reason::coins_exhausted, "coins_exhausted"},
                                              {end_reason::account_suspended, "account_suspended"},
                                              {end_reason::admin, "admin"},
                                              {end_reason::room_finished, "room_finished"},
                                              {end_reason::server_lost, "server_lost"}}};
constexpr text_table<realm, 3> realms{
    {{realm::user, "user"}, {realm::telecaller, "telecaller"}, {realm::peer, "peer"}}};

} // namespace

std::string_view to_string(call_type t) noexcept { return types.text_of(t); }
std::optional<call_type> parse_call_type(std::string_view text) noexcept { return types.value_of(text); }
std::string_view to_string(call_status s) noexcept { return statuses.text_of(s); }
std::optional<call_status> parse_call_status(std::string_view text) noexcept { return statuses.value_of(text); }
std::string_view to_string(end_reason r) noexcept { return reasons.text_of(r); }
std::optional<end_reason> parse_end_reason(std::string_view text) noexcept { return reasons.value_of(text); }
std::string_view to_string(side s) noexcept { return s == side::caller ? "caller" : "callee"; }
std::string_view to_string(realm r) noexcept { return realms.text_of(r); }
std::optional<realm> parse_realm(std::string_view text) noexcept { return realms.value_of(text); }

} // namespace ringback::call
