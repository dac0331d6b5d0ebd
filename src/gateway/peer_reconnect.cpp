// reconnect:attempt: a device takes the place of a lost one.
#include "gateway/json_object.hpp"
#include "gateway/payloads.hpp"
#include "gateway/peers.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

constexpr std::uint32_t attempts_per_minute = 5;

constexpr std::string_view no_call = R"("call":null)";

} // namespace

/// What is known of an attempt while its answer is looked for.
struct peers::comeback {
    account_ptr account;
    call::device_ref device;
    device_name name{};
    std::optional<std::uint64_t> ack;
    std::optional<call_id> call; ///< of who shows no token
    socket_ref instead_of;       ///< whose token it shows; null: a lost server's, or another node's
    std::uint32_t of_node = 0;   ///< whose token it shows: the node of the device; 0: ours, or a lost server's
    issued session;              ///< that it is told when it succeeds
    mono_time since{};
    bool is_recovered = false; ///< it did not ask: the library brought its socket back
};

void peers::come_back(socketio::socket& s, socketio::event const& e, request_kind) {
    peer_device& d = peer_of(s);
    services& shared = at_.shared();
    auto c = std::make_shared<comeback>();
    c->account = d.account = shared.accounts.latest(d.account);
    c->device = ref_of(s);
    c->name = name_of(s);
    c->ack = e.ack_id;
    c->since = at_.now().mono;
    auto token = text_member(e.first_arg(), "sessionToken");
    if (!token) c->call = call_id_member(e.first_arg());
    at_.registry().take_attempt(ports::limited_action::resume, c->account->id.text(), attempts_per_minute, c->since,
                                [this, c, token = std::move(token)](bool is_within) {
                                    if (!is_within)
                                        return refuse_comeback(*c, "RATE_LIMITED", "Too many requests. Please wait.");
                                    if (!token && !c->call)
                                        return refuse_comeback(*c, "SESSION_UNKNOWN", "Unknown session");
                                    token ? take_session(c, *token) : look_for_call(c, {});
                                });
}

void peers::take_session(std::shared_ptr<comeback> const& c, std::string const& token) {
    using errc = auth::session_book::errc;
    auto const device = at_.shared().sessions.take(token, c->account->id, c->since);
    std::string hash = auth::to_text(auth::hash_of_session(token));
    if (device) {
        c->instead_of = *device;
        return look_for_call(c, std::move(hash));
    }
    if (device.error() == errc::expired) return refuse_comeback(*c, "SESSION_EXPIRED", "Session expired");
    if (!at_.shared().nodes) return refuse_comeback(*c, "SESSION_UNKNOWN", "Unknown session");
    // Another node's, perhaps: the store knows all of them.
    using read = ports::read_result<ports::session_answer>;
    auto then = [this, c, hash](read const& found) {
        if (!found || found->state == ports::session_state::unknown)
            return refuse_comeback(*c, "SESSION_UNKNOWN", "Unknown session");
        if (found->state == ports::session_state::expired)
            return refuse_comeback(*c, "SESSION_EXPIRED", "Session expired");
        c->of_node = found->node;
        if (found->node != at_.here().node) at_.send({found->node, 0}, used_session{hash});
        look_for_call(c, {});
    };
    at_.shared().nodes->take_session(hash, c->account->id, at_.now().wall, at_.back_here<read>(std::move(then)));
}

/// The token that was shown is used up, and the next one is in the store, before anybody hears of the return.
void peers::look_for_call(std::shared_ptr<comeback> const& c, std::string used_up) {
    socketio::socket* s = at_.devices_here().find(c->device.socket);
    if (!s) return;
    prepare_session(*s, std::move(used_up), [this, c](issued fresh) {
        c->session = std::move(fresh);
        look_for_call(c);
    });
}

/// A recovered socket resumes its call by itself, before what it has sent meanwhile.
void peers::go_on(socketio::socket& s, socket_ref instead_of) {
    auto c = std::make_shared<comeback>();
    c->account = peer_of(s).account;
    c->device = ref_of(s);
    c->name = name_of(s);
    c->instead_of = instead_of;
    c->since = at_.now().mono;
    c->is_recovered = true;
    look_for_call(c);
}

void peers::look_for_call(std::shared_ptr<comeback> const& c) {
    auto without_call = [this, c] {
        if (c->is_recovered) return; // greeted already
        if (c->call) {
            discard_session(c->session.hash);
            return refuse_comeback(*c, "SESSION_UNKNOWN", "Unknown session");
        }
        come_back_to(c, no_call);
    };
    using found = ports::agreed<std::optional<ports::involvement>>;
    at_.registry().active_call_of(c->account->id, [this, c, without_call](found const& f) {
        auto const& in = f ? *f : std::nullopt;
        if (!in || in->realm != call::realm::peer || (c->call && *c->call != in->call)) return without_call();
        auto token = at_.desk().open(c->account, request_kind::reconnect, in->call,
                                     [this, c, without_call](std::expected<std::string_view, call::refusal_code> call) {
                                         call ? come_back_to(c, *call) : without_call();
                                     });
        call::device_ref instead_of{c->instead_of, call::realm::peer};
        if (c->call) instead_of = {};
        call::resume wanted{{token, c->account->id, c->device, {}}, instead_of, c->of_node};
        switchboard::submit(at_, in->home, in->call, std::move(wanted), c->name);
    });
}

/// `call`: the members about it.
void peers::come_back_to(std::shared_ptr<comeback> const& c, std::string_view call) {
    socketio::socket* s = at_.devices_here().find(c->device.socket);
    if (!s) { // lost again: its side of the call, if it got one, waits for the next
        if (!c->is_recovered) discard_session(c->session.hash);
        return;
    }
    if (c->is_recovered) c->session = issue_session(*s);
    adopt_session(*s, c->session.hash);
    std::string payload = object_text(240 + call.size(), [&](json_object& o) {
        o.object("user", [&](json_object& user) {
             write_display(user, display_of(*c->account));
         }).text("sessionToken", c->session.token);
    });
    payload.pop_back();
    payload.append(",").append(call).append("}");
    s->emit("reconnect:success", payload);
    s->acknowledge(c->ack, R"({"ok":true,)" + payload.substr(1));
    // Half-open: the new device has taken its place (races.md row 62).
    if (c->instead_of.is_null() || c->instead_of == c->device.socket) return;
    at_.send(c->instead_of.at, replaced_device{c->instead_of});
}

void peers::refuse_comeback(comeback const& c, std::string_view code, std::string_view message) {
    socketio::socket* s = at_.devices_here().find(c.device.socket);
    if (!s) return;
    auto members = [&](json_object& o) { o.text("message", message).text("code", code); };
    s->emit("reconnect:failed", object_text(80, members));
    s->acknowledge(c.ack, object_text(100, [&](json_object& o) { o.boolean("ok", false).object("error", members); }));
}

} // namespace ringback::gateway
