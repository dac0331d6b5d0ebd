#include "gateway/devices.hpp"

#include "gateway/peer_device.hpp"
#include "gateway/rooms.hpp"

#include <algorithm>

namespace ringback::gateway {
namespace {

void show(device& d, call_id const& call) {
    d.showing = call;
    d.has_heard_end = false;
}

} // namespace

socketio::socket* devices::find(socket_ref who) const {
    socketio::socket* s = hub_.find(who);
    return s && s->is_connected() ? s : nullptr;
}

void devices::tell(socket_ref who, call_id const& about, on_screen effect, std::string_view event,
                   std::string_view args) {
    socketio::socket* s = find(who);
    if (!s) return;
    device& d = device_of(*s);
    if (effect >= on_screen::freed) {
        // Apps do not read the callId of a final event, so that it would end the call they show (races.md row 25). And
        // where nodes are silent, the home of a call and who ends it in its place may both tell.
        bool const knows = d.showing == about && d.has_heard_end && effect != on_screen::freed_again;
        bool const shows_another = !d.showing.is_null() && d.showing != about && !d.has_heard_end;
        if (knows || shows_another) return;
        show(d, about);
        d.has_heard_end = true;
    } else if (effect == on_screen::shows_call) {
        show(d, about);
    }
    s->emit(event, args);
}

void devices::take_leg(socket_ref who, call_id const& call, place home) {
    socketio::socket* s = find(who);
    if (!s) return;
    device& d = device_of(*s);
    show(d, call);
    if (d.realm == call::realm::peer) peer_of(*s).leg = {call, home};
    s->join(call_room(call));
}

void devices::leave_call(socket_ref who, call_id const& call) {
    socketio::socket* s = find(who);
    if (!s) return;
    s->leave(call_room(call));
    if (device_of(*s).realm == call::realm::peer && peer_of(*s).leg.call == call) peer_of(*s).leg = {};
}

bool devices::is_in(socket_ref who, call_id const& call) const {
    socketio::socket* s = find(who);
    return s && std::ranges::count(s->rooms(), call_room(call)) != 0;
}

void devices::free_screen(socket_ref who, call_id const& call) {
    socketio::socket* s = find(who);
    if (s && device_of(*s).showing == call && !device_of(*s).has_heard_end) show(device_of(*s), {});
}

void devices::close(socket_ref who, connect_refusal why) {
    socketio::socket* s = find(who);
    if (!s) return;
    s->emit("error", render_closing(why));
    s->disconnect();
}

} // namespace ringback::gateway
