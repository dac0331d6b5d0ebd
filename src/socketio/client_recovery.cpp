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
    // The answer may come from another shard, when this client has gone again.
    auto decide = [&hub = hub_, who = s.ref_, nsp = claim.nsp,
                   began = hub_.recovery().now_at()](std::optional<recovered_session> found) {
        lost_session continued;
        std::vector<broadcast_ptr> missed; // of the cluster's log; what this hub's own log has is found there
        if (found && hub.others().keeps_sessions()) {
            missed = std::move(found->missed);
            continued = continued_from(nsp, *found);
        } else if (found) {
            continued = settle(hub, nsp, began, std::move(*found));
        }
        socket* waiting = hub.find(who);
        if (waiting && found && may_continue(*waiting, continued.data))
            return waiting->client_.resume(*waiting, std::move(continued), missed);
        if (found) hub.others().keep_session(hub, std::move(continued));
        if (!waiting) return;
        client& mine = waiting->client_;
        if (hub.recovery().skips_middlewares()) return mine.run_middleware(*waiting, 0);
        mine.admit(*waiting);
    };
    hub_.others().recover(hub_, std::move(claim), std::move(decide));
}

bool client::may_continue(socket& s, std::string_view data) {
    auto const& check = s.nsp_.may_recover_;
    return !check || check(s, data.empty() ? "{}" : data);
}

/// Makes a session one of this hub: what it missed is logged anew, with offsets of this hub, so that a loss before or
/// in the middle of the replay is recovered like any other.
lost_session client::settle(hub& at, std::string const& nsp, log_position began, recovered_session session) {
    recovery_mark mark{at.recovery().now_at(), std::move(session.presented), std::move(session.covered)};
    auto rooms = session.rooms;
    rooms.push_back(session.socket_id);
    auto missed = std::move(session.missed);
    auto later = at.recovery().since_move(began, nsp, rooms, mark.covered);
    missed.insert(missed.end(), later.begin(), later.end());
    for (broadcast_ptr const& b : missed) {
        auto again = std::make_shared<broadcast>(*b);
        again->to = {{session.socket_id}, {}};
        again->serial = 0;
        at.recovery().record(std::move(again), at.now().mono);
    }
    return {.nsp = nsp,
            .socket_id = std::move(session.socket_id),
            .pid = std::move(session.pid),
            .rooms = std::move(session.rooms),
            .data = std::move(session.data),
            .mark = std::move(mark)};
}

/// What it missed has offsets already that any node knows.
lost_session client::continued_from(std::string const& nsp, recovered_session& session) {
    recovery_mark mark;
    mark.brought = std::move(session.presented);
    mark.reached = session.reached;
    return {.nsp = nsp,
            .socket_id = std::move(session.socket_id),
            .pid = std::move(session.pid),
            .rooms = std::move(session.rooms),
            .data = std::move(session.data),
            .mark = std::move(mark)};
}

void client::resume(socket& s, lost_session session, std::vector<broadcast_ptr> const& missed) {
    socket::extras& x = s.more();
    x.recovered = true;
    x.data = std::move(session.data);
    x.pid = std::move(session.pid);
    x.mark = std::move(session.mark);
    hub_.live_pids_[x.pid] = s.ref_;
    s.take_id(std::move(session.socket_id));
    for (std::string const& room : session.rooms)
        s.nsp_.rooms_.join(s, room);
    for (broadcast_ptr const& b : missed)
        send(hub_.encode(*b, to_string(b->offset)));
    for (auto const& [offset, what] : hub_.recovery().replay(x.mark.since, s.nsp_.name(), s.id()))
        send(hub_.encode(*what, offset));
    welcome(s);
}

void client::open_session(socket& s) {
    socket::extras& x = s.more();
    x.pid = make_pid();
    x.mark = {hub_.recovery().now_at(), {}, {}, hub_.reached()};
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
    lost_session lost{.nsp = s.nsp_.name(),
                      .socket_id = std::move(id),
                      .pid = x.pid,
                      .rooms = std::move(rooms),
                      .data = std::string{s.data()},
                      .mark = x.mark};
    hub_.others().keep_session(hub_, std::move(lost));
}

} // namespace ringback::socketio
