#include "gateway/operators.hpp"

#include "base/clock.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/json_object.hpp"
#include "gateway/recovered_device.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"

#include <algorithm>
#include <string>

namespace ringback::gateway {
namespace {

void write_counts(json_object& o, ports::presence_counts const& present, wall_time now) {
    o.number("onlineUsers", static_cast<std::int64_t>(present.online_users))
        .number("onlineTelecallers", static_cast<std::int64_t>(present.online_telecallers))
        .text("timestamp", iso8601(now));
}

bool is_watching(socketio::socket const& s) { return std::ranges::count(s.rooms(), calls_room) != 0; }

} // namespace

void operators::serve(socketio::nsp& where) {
    where.on_connection([this](socketio::socket& s) { arrive(s); });
    where.on_disconnect([this](socketio::socket& s, socketio::disconnect_reason, moment) {
        device_of(s).expiry.reset();
        if (is_watching(s)) at_.shared().call_watchers.fetch_sub(1, std::memory_order_relaxed);
    });
    on(where, request_kind::request_counts, &operators::count);
    on(where, request_kind::watch_calls, &operators::watch);
    on(where, request_kind::force_end, &operators::end);
}

void operators::arrive(socketio::socket& s) {
    account_id const& id = device_of(s).account->id;
    if (at_.hub().recovery().is_on()) mark_for_recovery(s, id);
    s.join(account_room(id));
    if (is_watching(s)) at_.shared().call_watchers.fetch_add(1, std::memory_order_relaxed); // recovered with its rooms
}

void operators::on(socketio::nsp& where, request_kind kind, handler handle) {
    where.on(std::string{rules_of(kind).event}, [this, kind, handle](socketio::socket& s, socketio::event const& e) {
        device& d = device_of(s);
        d.account = at_.shared().accounts.latest(d.account);
        auto token = at_.desk().open(s, e.ack_id, kind, call_id_member(e.first_arg()).value_or(call_id{}));
        if (reason_to_leave(*d.account, d.realm))
            return at_.desk().refuse(token, call::refusal_code::account_unavailable);
        (this->*handle)(s, token, e);
    });
}

void operators::count(socketio::socket& s, call::request_token token, socketio::event const&) {
    at_.registry().counts([this, who = s.ref(), token](ports::agreed<ports::presence_counts> const& counted) {
        if (!counted) return at_.desk().refuse(token, call::refusal_code::internal);
        auto const& present = *counted;
        wall_time now = at_.now().wall;
        if (socketio::socket* to = at_.devices_here().find(who))
            to->emit("presence:counts", object_text(120, [&](json_object& o) { write_counts(o, present, now); }));
        at_.desk().succeed(
            token, object_text(120, [&](json_object& o) { write_counts(o.boolean("ok", true), present, now); }));
    });
}

void operators::watch(socketio::socket& s, call::request_token token, socketio::event const&) {
    if (s.join(calls_room)) at_.shared().call_watchers.fetch_add(1, std::memory_order_relaxed);
    at_.desk().succeed(token, R"({"ok":true})");
}

void operators::end(socketio::socket& s, call::request_token token, socketio::event const& e) {
    auto call = call_id_member(e.first_arg());
    if (!call) return at_.desk().refuse(token, call::refusal_code::invalid_call_id);
    using found = ports::agreed<std::optional<place>>;
    at_.registry().find_call(*call, [this, id = *call, who = device_of(s).account->id,
                                     device = call::device_ref{s.ref(), {}}, token](found const& home) {
        if (!home) return at_.desk().refuse(token, call::refusal_code::internal);
        if (!*home) return at_.archive().answer(id, who, device, request_kind::force_end, token);
        switchboard::submit(at_, **home, id, call::terminate{.token = token, .reason = call::end_reason::admin});
    });
}

} // namespace ringback::gateway
