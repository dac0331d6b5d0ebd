#include "gateway/rest_payloads.hpp"

#include "base/clock.hpp"
#include "gateway/json_object.hpp"
#include "gateway/payloads.hpp"

#include <string>

namespace ringback::gateway {
namespace {

constexpr std::size_t usual_size = 384;

void write_time(json_object& o, std::string_view key, std::optional<wall_time> at) {
    if (at)
        o.text(key, iso8601(*at));
    else
        o.raw(key, "null");
}

auto display_of(call::party const& p) {
    return [&p](json_object& o) { write_display(o, p.who); };
}

void write_entry(json_object& o, ports::ledger_entry const& e) {
    o.text("entryId", std::to_string(e.id)).text("accountId", e.account.text());
    if (e.call)
        o.id("callId", *e.call);
    else
        o.raw("callId", "null");
    o.number("amount", e.amount)
        .number("balance", e.balance)
        .text("reason", e.reason)
        .text("createdAt", iso8601(e.created_at));
}

} // namespace

std::string render_account(call::account const& a) {
    return object_text(usual_size, [&](json_object& o) {
        o.text("_id", a.id.text())
            .text("role", to_string(a.role))
            .text_or_null("name", a.name)
            .text_or_null("profile", a.profile)
            .text("language", a.language)
            .text("about", a.about)
            .text("accountStatus", to_string(a.status));
        if (a.approval)
            o.text("approvalStatus", to_string(*a.approval));
        else
            o.raw("approvalStatus", "null");
        o.number("coins", a.coins).text("createdAt", iso8601(a.created_at));
    });
}

std::string render_call(ports::stored_call const& c, std::optional<call::side> as) {
    return object_text(2 * usual_size, [&](json_object& o) {
        auto const& f = c.facts;
        o.id("callId", f.id).text("callType", to_string(f.type)).text("status", to_string(c.status));
        if (c.reason)
            o.text("endReason", to_string(*c.reason));
        else
            o.raw("endReason", "null");
        if (as)
            o.text("role", to_string(*as)).object("peer", display_of(f.of(other(*as))));
        else
            o.object("caller", display_of(f.caller)).object("callee", display_of(f.callee));
        write_time(o, "createdAt", f.created_at);
        write_time(o, "acceptedAt", c.accepted_at);
        write_time(o, "mediaStartedAt", c.media_started_at);
        write_time(o, "endedAt", c.ended_at);
        o.number("durationInSeconds", c.figures.duration_s);
        if (as != call::side::callee)
            o.number("coinsSpent", c.figures.coins_spent).number("coinsUnpaid", c.coins_unpaid);
        if (as != call::side::caller) o.number("coinsEarned", c.figures.coins_earned);
    });
}

std::string render_entry(ports::ledger_entry const& e) {
    return object_text(usual_size, [&](json_object& o) { write_entry(o, e); });
}

std::string render_timeline_event(ports::timeline_event const& e) {
    return object_text(usual_size, [&](json_object& o) {
        auto text_or_null = [&o](std::string_view key, std::string const& value) {
            value.empty() ? o.raw(key, "null") : o.text(key, value);
        };
        o.text("at", iso8601(e.at)).text("type", e.type);
        text_or_null("by", e.by);
        text_or_null("device", e.device);
        o.text("node", e.node).raw("details", e.details.empty() ? "{}" : e.details);
    });
}

std::string render_coins(ports::ledger_entry const& e) {
    return object_text(usual_size, [&](json_object& o) {
        o.number("coins", e.balance).object("entry", [&](json_object& entry) { write_entry(entry, e); });
    });
}

std::string render_stats(ports::presence_counts const& present, std::size_t active_calls, wall_time now) {
    return object_text(160, [&](json_object& o) {
        o.number("onlineUsers", static_cast<std::int64_t>(present.online_users))
            .number("onlineTelecallers", static_cast<std::int64_t>(present.online_telecallers))
            .number("activeCalls", static_cast<std::int64_t>(active_calls))
            .text("timestamp", iso8601(now));
    });
}

std::string render_list(std::vector<std::string> const& items, std::string_view next_cursor) {
    std::string array = "[";
    for (std::string const& item : items) {
        if (array.size() > 1) array += ',';
        array += item;
    }
    array += ']';
    return object_text(array.size() + 64, [&](json_object& o) {
        o.raw("items", array);
        if (next_cursor.empty())
            o.raw("nextCursor", "null");
        else
            o.text("nextCursor", next_cursor);
    });
}

std::optional<call::side> side_of(ports::stored_call const& c, account_id const& who) {
    if (c.facts.caller.who.id == who) return call::side::caller;
    if (c.facts.callee.who.id == who) return call::side::callee;
    return std::nullopt;
}

} // namespace ringback::gateway
