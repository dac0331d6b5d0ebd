#include "ports/record_write.hpp"

#include "base/json_text.hpp"

#include <utility>
#include <variant>

namespace ringback::ports {

namespace {

struct writer {
    call::call_facts const& facts;
    timeline_event event; ///< complete but for time, type and details

    timeline_event at(wall_time when, call::call_status status) {
        event.at = when;
        event.type = call::to_string(status);
        return std::move(event);
    }
    call_write operator()(call::opening const& o) {
        return call_opened{o, at(o.facts.created_at, call::call_status::ringing)};
    }
    call_write operator()(call::answering const& a) {
        return call_answered{facts.id, a, at(a.accepted_at, call::call_status::accepted)};
    }
    call_write operator()(call::resumption const& r) {
        event.at = r.resumed_at;
        event.type = "RESUMED";
        return call_resumed{facts.id, std::move(event)};
    }
    call_write operator()(call::closing const& c) {
        event.details = "{\"reason\":" + json_string(call::to_string(c.reason)) + "}";
        return call_closed{facts.id, c, at(c.ended_at, c.status)};
    }
};

} // namespace

call_write write_of(call::record const& r, call::call_facts const& facts, std::string device, std::string_view node) {
    timeline_event event;
    if (r.by) {
        event.by = facts.of(*r.by).who.id.text();
        event.device = std::move(device);
    }
    event.node = node;
    return std::visit(writer{facts, std::move(event)}, r.what);
}

} // namespace ringback::ports
