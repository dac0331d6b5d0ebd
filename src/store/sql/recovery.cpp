#include "store/sql/recovery.hpp"

#include "base/json_text.hpp"

#include <algorithm>

namespace ringback::store {

namespace {

call::closing closing_of(ports::stored_call const& left, wall_time last_alive) {
    constexpr auto reason = call::end_reason::server_lost;
    call::closing c;
    c.reason = reason;
    if (!left.accepted_at) {
        c.status = call::call_status::missed;
        c.ended_at = std::max(last_alive, left.facts.created_at);
        return c;
    }
    c.status = call::call_status::completed;
    c.accepted_at = left.accepted_at;
    c.ended_at = std::max(last_alive, *left.accepted_at);
    c.rates = left.rates;
    mono_time const accepted{};
    c.figures = call::bill(left.rates, accepted, accepted + (c.ended_at - *left.accepted_at), reason);
    return c;
}

} // namespace

std::vector<ports::stored_call> end_orphans(tables& in, wall_time now, std::string const& node) {
    // A stamp of the future comes from a clock that was set back since: nobody pays for time that has not passed.
    wall_time const last_alive = std::min(in.liveness.last().value_or(wall_time{}), now);
    std::vector<ports::stored_call> ended;
    for (auto const& left : in.lists.active()) {
        auto const closing = closing_of(left, last_alive);
        ports::timeline_event event;
        event.at = closing.ended_at;
        event.type = call::to_string(closing.status);
        event.node = node;
        event.details = "{\"reason\":" + json_string(call::to_string(closing.reason)) + "}";
        if (!close_call({left.facts.id, closing, std::move(event)}, in)) continue;
        if (auto after = in.lists.find(left.facts.id)) ended.push_back(*std::move(after));
    }
    in.liveness.stamp(now);
    return ended;
}

} // namespace ringback::store
