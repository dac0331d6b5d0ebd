// The session tokens of peers' devices: in the book, which decides, and in the store, for the process after this one.
#include "gateway/peers.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

void unanswered(ports::write_outcome) {} // what a crash then forgets, the client learns by SESSION_UNKNOWN

} // namespace

/// `used_up`: the hash of the token that was shown for it; both change in one transaction, or neither does.
void peers::prepare_session(socketio::socket& s, std::string used_up, std::move_only_function<void(issued)> then) {
    account_id const& account = peer_of(s).account->id;
    issued fresh = at_.shared().sessions.issue(account, s.ref());
    ports::change_sessions change{{}, auth::to_text(fresh.hash), account};
    if (!used_up.empty()) change.used_up.push_back(std::move(used_up));
    // Told in any case: a store that is away must keep nobody from talking.
    auto written = [then = std::move(then), fresh = std::move(fresh)](ports::write_outcome) mutable {
        then(std::move(fresh));
    };
    at_.shared().store.write(std::move(change), at_.back_here<ports::write_outcome>(std::move(written)));
}

/// For who cannot wait for the store.
peers::issued peers::issue_session(socketio::socket& s) {
    account_id const& account = peer_of(s).account->id;
    issued fresh = at_.shared().sessions.issue(account, s.ref());
    at_.shared().store.write(ports::change_sessions{{}, auth::to_text(fresh.hash), account}, unanswered);
    return fresh;
}

void peers::adopt_session(socketio::socket& s, auth::session_hash const& fresh) {
    if (auto former = std::exchange(peer_of(s).session, fresh)) discard_session(*former);
}

void peers::discard_session(auth::session_hash const& unused) {
    at_.shared().sessions.retire(unused);
    at_.shared().store.write(ports::change_sessions{{auth::to_text(unused)}, {}, {}}, unanswered);
}

void peers::leave_session(auth::session_hash const& of, call::departure how) {
    moment const now = at_.now();
    auto const grace = at_.shared().config.peers.reconnect_grace;
    switch (how) {
    case call::departure::server_stops:
    case call::departure::server_lost: return; // it is good for the next one
    case call::departure::own_disconnect: return discard_session(of);
    case call::departure::drop: break;
    }
    at_.shared().sessions.let_expire(of, now.mono + grace, now.mono);
    at_.shared().store.write(ports::let_session_expire{auth::to_text(of), now.wall + grace, now.wall}, unanswered);
}

} // namespace ringback::gateway
