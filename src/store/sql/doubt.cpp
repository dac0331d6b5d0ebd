#include "store/sql/doubt.hpp"

#include <variant>

namespace ringback::store {

using ports::write_outcome;

namespace {

bool is_same(ports::stored_call const& found, call::call_facts const& facts) {
    return found.facts.caller.who.id == facts.caller.who.id && found.facts.callee.who.id == facts.callee.who.id &&
           found.facts.created_at == facts.created_at;
}

/// The acceptance stands in the call's history already.
ports::timeline_event taken_back(ports::timeline_event const& accepted) {
    ports::timeline_event e;
    e.at = accepted.at;
    e.type = call::to_string(call::call_status::ringing);
    e.node = accepted.node;
    e.details = R"({"reason":"store_lost"})";
    return e;
}

struct settlement {
    ports::call_write const& whole;
    tables& in;

    [[nodiscard]] write_outcome write() const {
        return carry_out(whole, in) ? write_outcome::ok : write_outcome::conflict;
    }
    write_outcome operator()(ports::call_opened const& what) const {
        auto const found = in.lists.find(what.what.facts.id);
        // Another node may have ended it meanwhile: nobody else was to hear that it rang.
        bool const rings = found && is_same(*found, what.what.facts) && found->status == call::call_status::ringing;
        return rings ? write_outcome::ok : write_outcome::unavailable;
    }
    write_outcome operator()(ports::call_answered const& what) const {
        if (in.calls.take_back(what.id, what.what)) {
            in.timeline.append(what.id, taken_back(what.event));
            in.webhooks.take_back(what.id, ports::webhook_type::call_accepted, what.event.at);
        }
        return write_outcome::unavailable;
    }
    write_outcome operator()(ports::call_closed const& what) const {
        auto const found = in.lists.find(what.id);
        bool const is_done = found && found->status == what.what.status && found->ended_at == what.what.ended_at &&
                             found->reason == what.what.reason;
        return is_done ? write_outcome::ok : write();
    }
    write_outcome operator()(ports::call_not_begun const& what) const {
        auto const found = in.lists.find(what.what.facts.id);
        return found && is_same(*found, what.what.facts) ? write_outcome::ok : write();
    }
    /// The others say how it is to be, and saying it again changes nothing.
    write_outcome operator()(auto const&) const { return write(); }
};

} // namespace

write_outcome settle(ports::call_write const& what, tables& in) { return std::visit(settlement{what, in}, what); }

} // namespace ringback::store
