#include "store/sql/recovery.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <utility>

namespace ringback::store {

namespace {

// A step is to be done long before a statement counts as unanswered, and lets others write between it and the next.
constexpr std::uint32_t calls_to_hand_over = 1000, calls_to_miss = 50, sessions_to_limit = 2000;

/// nullopt: somebody else was first.
std::optional<ports::stored_call> miss(ports::stored_call const& left, call::end_reason why, wall_time ended_at,
                                       wall_time untold_until, std::string const& node, tables& in) {
    call::closing c;
    c.reason = why;
    c.ended_at = ended_at;
    ports::timeline_event event;
    event.at = c.ended_at;
    event.type = call::to_string(c.status);
    event.node = node;
    event.details = "{\"reason\":" + json_string(call::to_string(c.reason)) + "}";
    if (!close_call({left.facts.id, c, std::move(event)}, in)) return std::nullopt;
    for (call::side side : {call::side::caller, call::side::callee})
        (void)in.outages.keep({left.facts.id, side, untold_until});
    return in.lists.find(left.facts.id);
}

} // namespace

std::uint32_t declare_lost(tables& in, std::uint32_t number, wall_time now) {
    if (in.node != 0) return static_cast<std::uint32_t>(in.nodes.take(number, in.node, now));
    in.nodes.take_all(now);
    return 0;
}

bool hand_over(tables& in, wall_time now) { return in.outages.begin(in.node, now, calls_to_hand_over); }

missed_calls miss_some(tables& in, wall_time now, wall_time untold_until, std::string const& node) {
    auto const left = in.lists.ringing_left_to(in.node, calls_to_miss);
    missed_calls missed{.calls = {}, .is_more = left.size() == calls_to_miss};
    for (auto const& [call, last_sign] : left) {
        auto const ended_at = std::max(std::min(last_sign, now), call.facts.created_at);
        if (auto done = miss(call, call::end_reason::server_lost, ended_at, untold_until, node, in))
            missed.calls.push_back(*std::move(done));
    }
    return missed;
}

ports::inheritance inherit(tables& in, wall_time now, wall_time sessions_until) {
    ports::inheritance left;
    left.survivors = in.lists.in_outage_at(in.node);
    for (auto const& kept : in.node == 0 ? in.outages.inherit(now) : in.outages.left_to(in.node, now))
        left.untolds.push_back({in.lists.find(kept.id).value(), kept.side, kept.until});
    if (in.node != 0) return left;
    in.sessions.forget_old(std::min(in.nodes.last_sign(), now));
    left.sessions = in.sessions.inherit(sessions_until);
    in.nodes.come_back(now);
    return left;
}

bool limit_sessions(tables& in, wall_time until) { return in.sessions.limit_left(in.node, until, sessions_to_limit); }

std::optional<ports::stored_call> miss_overdue(tables& in, call_id const& id, wall_time untold_until,
                                               std::string const& node) {
    if (!in.calls.adopt(id, in.node)) return std::nullopt;
    auto const call = in.lists.find(id);
    if (!call) return std::nullopt;
    return miss(*call, call::end_reason::timeout, call->facts.expires_at, untold_until, node, in);
}

} // namespace ringback::store
