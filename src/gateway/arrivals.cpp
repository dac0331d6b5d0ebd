#include "gateway/arrivals.hpp"

#include "gateway/payloads.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/recovered_device.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"

#include <utility>
#include <vector>

namespace ringback::gateway {

call::departure arrivals::departure_of(socketio::disconnect_reason why) noexcept {
    using origin = socketio::disconnect_reason::origin;
    bool is_ours = why.from == origin::transport && why.transport == engineio::close_reason::server_shutting_down;
    if (is_ours) return call::departure::server_stops;
    bool is_own = why.from != origin::transport || why.transport == engineio::close_reason::peer_closed;
    return is_own ? call::departure::own_disconnect : call::departure::drop;
}

/// An account without a device that still counts as online, until its grace is over.
struct arrivals::lingering final : timer_wheel::timer {
    lingering(arrivals& o, account_id w, call::realm r, std::uint64_t n)
        : owner{o},
          who{std::move(w)},
          realm{r},
          number{n} {}

    arrivals& owner;
    account_id who;
    call::realm realm;
    std::uint64_t number;

private:
    void on_expiry(mono_time) override {
        station& at = owner.at_;
        auto mine = std::move(owner.lingering_.extract(number).mapped()); // lives until this returns
        at.registry().end_linger(who, realm, number,
                                 [&at](auto const& changes) { presence_announcer::announce(at, changes); });
    }
};

void token_expiry::on_expiry(mono_time) { at_.close_when_free(who_, connect_refusal::token_invalid); }

arrivals::arrivals(station& at) : at_{at} {}
arrivals::~arrivals() = default;

void arrivals::serve(socketio::nsp& where) {
    where.on_connection([this](socketio::socket& s) { enter(s); });
    where.on_disconnect(
        [this](socketio::socket& s, socketio::disconnect_reason why, moment lost_at) { leave(s, why, lost_at); });
}

void arrivals::enter(socketio::socket& s) {
    device& d = device_of(s);
    if (s.is_recovered()) settle_rooms(s);
    if (at_.hub().recovery().is_on()) mark_for_recovery(s, d.account->id);
    s.join(account_room(d.account->id));
    if (d.realm == call::realm::user && !d.watched) s.join(presence_room);
    at_.registry().add_device(d.account->id, d.account->role, ref_of(s), at_.now(),
                              [this, who = s.ref()](ports::agreed<ports::arrival> news) {
                                  news ? settle_in(who, *std::move(news)) : turn_back(who);
                              });
}

/// The other nodes cannot be told of it now. Official clients come back by themselves from a transport that closes.
void arrivals::turn_back(socket_ref who) {
    if (socketio::socket* s = at_.devices_here().find(who)) s->drop(engineio::close_reason::forced_close);
}

void arrivals::settle_in(socket_ref who, ports::arrival news) {
    presence_announcer::announce(at_, news.changes);
    socketio::socket* s = at_.devices_here().find(who);
    if (!s) return;
    for (ports::kept_event const& e : news.kept) {
        at_.shared().store.write(ports::drop_untold{e.call, e.side}, [](ports::write_outcome) {});
        at_.devices_here().tell(who, e.call, on_screen::freed, e.event, e.args);
    }
    if (news.active)
        switchboard::submit(at_, news.active->home, news.active->call,
                            call::device_joined{news.active->side, ref_of(*s)});
}

void arrivals::leave(socketio::socket& s, socketio::disconnect_reason why, moment lost_at) {
    device& d = device_of(s);
    d.expiry.reset();
    call::departure how = departure_of(why);
    if (how == call::departure::server_stops) return hand_over(d.account->id, ref_of(s), lost_at);
    auto grace = how == call::departure::drop ? grace_of(d.realm) : std::chrono::milliseconds{0};
    at_.registry().remove_device(
        d.account->id, ref_of(s), grace, lost_at.wall,
        [this, device = ref_of(s), how, lost_at, account = d.account->id](ports::departed news) {
            settle_departure(device, how, lost_at, account, std::move(news));
        });
}

/// The device will come back to the next process: its account is not told to be gone, and its call is left as it is.
void arrivals::hand_over(account_id const& account, call::device_ref device, moment lost_at) {
    at_.registry().active_call_of(
        account, [this, device, lost_at](ports::agreed<std::optional<ports::involvement>> found) {
            auto const& in = found ? *found : std::nullopt;
            if (!in) return;
            // A call whose home ends with this node is left as it is; at another it goes on.
            bool const is_ours = in->home.node == at_.here().node;
            auto const how = is_ours ? call::departure::server_stops : call::departure::server_lost;
            switchboard::submit(at_, in->home, in->call, call::device_left{in->side, device, how, lost_at});
        });
}

void arrivals::settle_departure(call::device_ref device, call::departure how, moment lost_at, account_id const& account,
                                ports::departed news) {
    if (news.active)
        switchboard::submit(at_, news.active->home, news.active->call,
                            call::device_left{news.active->side, device, how, lost_at, std::move(news.remaining)});
    if (news.linger != 0) linger(account, device.realm, news.linger);
    presence_announcer::announce(at_, news.changes);
}

void arrivals::linger(account_id const& account, call::realm realm, std::uint64_t number) {
    auto& l = lingering_[number] = std::make_unique<lingering>(*this, account, realm, number);
    at_.hub().timers().arm(*l, at_.now().mono + grace_of(realm));
}

std::chrono::milliseconds arrivals::grace_of(std::optional<call::realm> realm) const {
    auto const& config = at_.shared().config;
    return realm == call::realm::peer ? config.peers.reconnect_grace : config.calls.reconnect_grace;
}

void arrivals::close_when_free(socket_ref who, connect_refusal why) {
    socketio::socket* s = at_.devices_here().find(who);
    if (!s) return;
    device& d = device_of(*s);
    d.account = at_.shared().accounts.latest(d.account);
    // What was said of the account during a call may have been taken back since.
    if (why != connect_refusal::token_invalid && !reason_to_leave(*d.account, d.realm)) return;
    at_.registry().active_call_of(d.account->id,
                                  [this, who, why](ports::agreed<std::optional<ports::involvement>> found) {
                                      if (!found || !*found) return at_.devices_here().close(who, why);
                                      at_.send((*found)->home, look_after_call{(*found)->call, who, why});
                                  });
}

void arrivals::look_at(account_ptr const& who) {
    std::vector<socket_ref> theirs; // first: closing one changes the room
    for (char const* name : {"/user", "/telecaller", "/admin", "/"}) {
        auto const* room = at_.hub().of(name).rooms().find(account_room(who->id));
        if (!room) continue;
        for (socketio::socket const* s : room->members)
            theirs.push_back(s->ref());
    }
    for (socket_ref each : theirs) {
        socketio::socket* s = at_.devices_here().find(each);
        auto why = s ? reason_to_leave(*who, device_of(*s).realm) : std::nullopt;
        if (!why) continue;
        if (*why == connect_refusal::account_suspended)
            at_.devices_here().close(each, *why);
        else
            close_when_free(each, *why);
    }
}

} // namespace ringback::gateway
