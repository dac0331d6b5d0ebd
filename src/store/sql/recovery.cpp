#include "store/sql/recovery.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <utility>

namespace ringback::store {

namespace {

ports::stored_call miss(ports::stored_call const& left, wall_time last_alive, wall_time untold_until,
                        std::string const& node, tables& in) {
    call::closing c;
    c.reason = call::end_reason::server_lost;
    c.ended_at = std::max(last_alive, left.facts.created_at);
    ports::timeline_event event;
    event.at = c.ended_at;
    event.type = call::to_string(c.status);
    event.node = node;
    event.details = "{\"reason\":" + json_string(call::to_string(c.reason)) + "}";
    (void)close_call({left.facts.id, c, std::move(event)}, in);
    for (call::side side : {call::side::caller, call::side::callee})
        (void)in.outages.keep({left.facts.id, side, untold_until});
    return in.lists.find(left.facts.id).value();
}

} // namespace

ports::inheritance take_over(tables& in, wall_time now, inheritance_terms const& terms, std::string const& node) {
    // A stamp of the future comes from a clock that was set back since: nobody pays for time that has not passed.
    wall_time const last_alive = std::min(in.liveness.last().value_or(wall_time{}), now);
    ports::inheritance left;
    for (auto& call : in.lists.active()) {
        if (call.status == call::call_status::ringing) {
            left.missed.push_back(miss(call, last_alive, terms.untold_until, node, in));
        } else {
            auto const outage = in.outages.begin(call.facts.id, std::max(last_alive, *call.accepted_at));
            left.survivors.push_back({std::move(call), outage.since, outage.caller_coins});
        }
    }
    for (auto const& kept : in.outages.inherit(now))
        left.untolds.push_back({in.lists.find(kept.id).value(), kept.side, kept.until});
    in.sessions.forget_old(last_alive);
    left.sessions = in.sessions.inherit(terms.sessions_until);
    in.liveness.stamp(now);
    return left;
}

} // namespace ringback::store
