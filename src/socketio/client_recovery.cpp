// Connection state recovery as one client's CONNECT and end see it; recovery.hpp says what it promises.
#include "base/base64.hpp"
#include "base/random.hpp"
#include "socketio/client.hpp"
#include "socketio/hub.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

#include <array>

namespace ringback::socketio {
namespace {

std::string make_pid() {
    std::array<char, 24> raw; // whoever knows it can take the session over
    fill_random(std::as_writable_bytes(std::span{raw}));
    return base64url_encode({raw.data(), raw.size()});
}

/// A namespace disconnect was meant, and after a parse error it is unsure what the client has seen; every other end is
/// a loss, the client's Engine.IO close too, because mobile clients send it when they are suspended.
bool is_loss(disconnect_reason why) {
    return why.from == disconnect_reason::origin::transport && why.transport != engineio::close_reason::parse_error;
}

} // namespace

void client::read_claim(socket& s) {
    auto text = [&](std::string_view name) {
        return string_value(find_member(s.auth_, name).value_or(std::string_view{}));
    };
    if (auto pid = text("pid")) s.more().claim = recovery_claim{s.nsp_.name(), std::move(*pid), text("offset")};
}

void client::recover(socket& s) {
    recovery_claim claim = std::move(*s.extras_->claim);
    s.extras_->claim.reset();
    // The answer may come from another shard, after this client has gone.
    auto decide = [&hub = hub_, who = s.ref_](std::optional<recovered_session> found) {
        socket* waiting = hub.find(who);
        if (!waiting) return;
        client& mine = waiting->client_;
        if (found) return mine.resume(*waiting, std::move(*found));
        if (hub.recovery().skips_middlewares()) return mine.run_middleware(*waiting, 0);
        mine.admit(*waiting);
    };
    hub_.others().recover(hub_, std::move(claim), std::move(decide));
}

void client::resume(socket& s, recovered_session session) {
    socket::extras& x = s.more();
    x.recovered = true;
    x.data = std::move(session.data);
    open_session(s, std::move(session.pid));
    x.mark.brought = std::move(session.presented);
    s.take_id(std::move(session.socket_id));
    for (std::string const& room : session.rooms)
        s.nsp_.rooms_.join(s, room);
    // Logged anew, with offsets of this hub: a loss in the middle of them is recovered like any other.
    for (broadcast_ptr const& b : session.missed) {
        auto again = std::make_shared<broadcast>(*b);
        again->to = {{std::string{s.id()}}, {}};
        send(hub_.encode_with_offset(std::move(again)));
    }
    welcome(s);
}

void client::open_session(socket& s, std::string pid) {
    socket::extras& x = s.more();
    x.pid = pid.empty() ? make_pid() : std::move(pid);
    x.mark = {hub_.recovery().now_at(), {}};
    hub_.live_pids_[x.pid] = s.ref_;
    hub_.others().session_opened(hub_, x.pid);
}

void client::close_session(socket& s, disconnect_reason why) {
    socket::extras& x = s.more();
    hub_.live_pids_.erase(x.pid);
    if (!is_loss(why)) return hub_.others().session_forgotten(hub_, x.pid);
    auto rooms = s.rooms();
    std::string id = std::move(rooms.front());
    rooms.erase(rooms.begin());
    hub_.recovery().keep({.nsp = s.nsp_.name(),
                          .socket_id = std::move(id),
                          .pid = x.pid,
                          .rooms = std::move(rooms),
                          .data = std::string{s.data()},
                          .mark = x.mark},
                         hub_.now().mono);
}

} // namespace ringback::socketio
