#include "gateway/peers.hpp"

#include "base/log_line.hpp"
#include "gateway/ice_servers.hpp"
#include "gateway/json_object.hpp"
#include "gateway/payloads.hpp"
#include "gateway/peer_list.hpp"
#include "gateway/recovered_device.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

/// What one socket may send before it is greeted.
constexpr std::size_t max_early_events = 64;

constexpr wire_error unauthorized{"Authentication required.", "UNAUTHORIZED"};

std::string render(wire_error const& e) {
    return object_text(100, [&](json_object& o) { o.text("message", e.message).text("code", e.code); });
}

std::string render_not_ok(wire_error const& e) {
    return object_text(120, [&](json_object& o) {
        o.boolean("ok", false).object("error", [&](json_object& error) {
            error.text("code", e.code).text("message", e.message);
        });
    });
}

} // namespace

void handshake_patience::on_expiry(mono_time) { at_.lose_patience(who_); }

void peers::serve(socketio::nsp& where) {
    using enum request_kind;
    where.on_connection([this](socketio::socket& s) { arrive(s); });
    where.on_disconnect(
        [this](socketio::socket& s, socketio::disconnect_reason why, moment lost_at) { leave(s, why, lost_at); });
    on(where, handshake, &peers::shake_hands);
    on(where, user_list, &peers::list_users);
    on(where, request, &peers::ask_for_call);
    for (request_kind kind : {accept, reject, cancel, end})
        on(where, kind, &peers::call_event);
    on(where, request_kind::refresh_token, &peers::refresh_token);
    for (request_kind kind : {offer, answer, ice_candidate, mute, unmute, video_off, video_on, hold, resume_media})
        on(where, kind, &peers::signal);
    on(where, reconnect, &peers::come_back);
    where.on_unhandled([this](socketio::socket& s, socketio::event const& e) { receive(s, e); });
}

void peers::on(socketio::nsp& where, request_kind kind, handler handle) {
    std::string_view name = rules_of(kind).event;
    listeners_.emplace(name, listener{kind, handle});
    where.on(std::string{name}, [this](socketio::socket& s, socketio::event const& e) { receive(s, e); });
}

/// Every event, also of an unknown name: a stranger is told the same of each.
void peers::receive(socketio::socket& s, socketio::event const& e) {
    peer_device& d = peer_of(s);
    auto at = listeners_.find(e.name);
    bool is_handshake = at != listeners_.end() && at->second.kind == request_kind::handshake;
    switch (d.at) {
    case peer_device::phase::stranger:
        if (is_handshake) break;
        s.emit("auth:error", render(unauthorized));
        return s.acknowledge(e.ack_id, render_not_ok(unauthorized));
    case peer_device::phase::checking:
    case peer_device::phase::greeting: // races.md row 55
        if (d.early.size() < max_early_events) d.early.push_back(e.to_owned());
        return;
    case peer_device::phase::here: break;
    }
    if (at == listeners_.end()) return at_.shared().seen.ignored();
    (this->*at->second.handle)(s, e, at->second.kind);
}

void peers::arrive(socketio::socket& s) {
    peer_device& d = peer_of(s);
    d.since = at_.now().mono;
    if (d.at != peer_device::phase::stranger) return greet(s);
    // Clients of Engine.IO v3 join `/` without asking, on their way to another namespace.
    if (s.request().revision != engineio::protocol_revision::v4) return;
    d.patience = std::make_unique<handshake_patience>(*this, s.ref());
    at_.hub().timers().arm(*d.patience, d.since + at_.shared().config.peers.handshake_timeout);
}

void peers::lose_patience(socket_ref who) {
    if (socketio::socket* s = at_.devices_here().find(who)) s->disconnect();
}

void peers::leave(socketio::socket& s, socketio::disconnect_reason why, moment lost_at) {
    peer_device& d = peer_of(s);
    d.patience.reset();
    d.expiry.reset();
    d.early.clear();
    if (d.session) leave_session(*d.session, arrivals::departure_of(why));
    if (d.is_known) at_.entrance().leave(s, why, lost_at);
}

void peers::shake_hands(socketio::socket& s, socketio::event const& e, request_kind) {
    peer_device& d = peer_of(s);
    d.handshake_ack = e.ack_id;
    if (d.at == peer_device::phase::here) return greet(s); // once more, for an app that has lost the first answer
    d.at = peer_device::phase::checking;
    d.since = at_.now().mono;
    at_.gate().identify(s, text_member(e.first_arg(), "token").value_or(""));
}

void peers::turn_away(socketio::socket& s, connect_refusal why) {
    log_line{"auth:error"}.text("code", wire_of(why).code).text("node", at_.shared().node).write(spdlog::level::debug);
    s.emit("auth:error", render(wire_of(why)));
    s.acknowledge(std::exchange(peer_of(s).handshake_ack, {}), render_not_ok(wire_of(why)));
    s.disconnect();
}

void peers::welcome(socketio::socket& s, account_ptr who, std::unique_ptr<token_expiry> expiry) {
    peer_device& d = peer_of(s);
    d.account = std::move(who);
    d.expiry = std::move(expiry);
    greet(s);
}

/// What a device is greeted with, while it is being gathered.
struct peers::greeting {
    socket_ref who;
    account_id account;
    issued session;
    std::optional<std::string> call;
};

void peers::greet(socketio::socket& s) {
    peer_device& d = peer_of(s);
    d.at = peer_device::phase::greeting;
    d.patience.reset();
    auto g = std::make_shared<greeting>(s.ref(), d.account->id);
    prepare_session(s, {}, [this, g](issued fresh) {
        g->session = std::move(fresh);
        look_for_call(g);
    });
}

void peers::look_for_call(std::shared_ptr<greeting> const& g) {
    at_.registry().active_call_of(g->account, [this, g](ports::agreed<std::optional<ports::involvement>> found) {
        auto const& in = found ? *found : std::nullopt;
        if (!in || in->realm != call::realm::peer) return greet_with_call(g);
        at_.ask(in->home, in->call, g->account, call_question::subject::resumed_call, [this, g](std::string shown) {
            if (!shown.empty()) g->call = std::move(shown);
            greet_with_call(g);
        });
    });
}

void peers::greet_with_call(std::shared_ptr<greeting> const& g) {
    list_peers(at_, g->account, [this, g](std::optional<std::string> const& users) { finish_greeting(*g, users); });
}

void peers::finish_greeting(greeting const& g, std::optional<std::string> const& users) {
    socketio::socket* s = at_.devices_here().find(g.who);
    if (!s || !users) {
        discard_session(g.session.hash);
        if (s) s->drop(engineio::close_reason::forced_close); // official clients come back by themselves
        return;
    }
    peer_device& d = peer_of(*s);
    d.at = peer_device::phase::here;
    tell_success(*s, g);
    s->emit("user:list", object_text(users->size() + 16, [&](json_object& o) { o.raw("users", *users); }));
    at_.shared().seen.answered({.kind = request_kind::handshake,
                                .who = d.account->id,
                                .call = {},
                                .callee = {},
                                .refusal = {},
                                .took = at_.now().mono - d.since});
    s->join(peers_room);
    d.is_known = true;
    socket_ref const before = predecessor(*s);
    at_.entrance().enter(*s);
    if (!before.is_null()) go_on(*s, before);
    for (socketio::owned_event const& each : std::exchange(d.early, {}))
        if (s->is_connected()) receive(*s, each.view());
}

void peers::tell_success(socketio::socket& s, greeting const& g) {
    peer_device& d = peer_of(s);
    auto const& config = at_.shared().config;
    adopt_session(s, g.session.hash);
    std::string_view const call = g.call ? std::string_view{*g.call} : "null";
    std::string ice = render_ice_servers(config.ice, d.account->id, at_.now().wall);
    auto members = [&](json_object& o) {
        o.object("user", [&](json_object& user) { write_display(user, display_of(*d.account)); })
            .text("sessionToken", g.session.token)
            .number("reconnectGraceMs", config.peers.reconnect_grace.count())
            .raw("iceServers", ice)
            .raw("call", call);
    };
    std::size_t size = 300 + ice.size() + call.size();
    s.emit("auth:success", object_text(size, members));
    if (auto ack = std::exchange(d.handshake_ack, {}))
        s.acknowledge(ack, object_text(size, [&](json_object& o) { members(o.boolean("ok", true)); }));
}

void peers::list_users(socketio::socket& s, socketio::event const& e, request_kind kind) {
    call::request_token token = at_.desk().open(s, e.ack_id, kind);
    list_peers(at_, device_of(s).account->id, [this, who = s.ref(), token](std::optional<std::string> const& users) {
        if (!users) return at_.desk().refuse(token, call::refusal_code::internal);
        if (socketio::socket* to = at_.devices_here().find(who))
            to->emit("user:list", object_text(users->size() + 16, [&](json_object& o) { o.raw("users", *users); }));
        at_.desk().succeed(token, object_text(users->size() + 32,
                                              [&](json_object& o) { o.boolean("ok", true).raw("users", *users); }));
    });
}

} // namespace ringback::gateway
