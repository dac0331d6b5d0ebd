#include "gateway/marketplace.hpp"

#include "gateway/station.hpp"

namespace ringback::gateway {

void marketplace::serve_users(socketio::nsp& where) {
    for (request_kind kind : {request_kind::cancel, request_kind::end})
        at_.requests().serve(where, kind);
    using socketio::event;
    using socketio::socket;
    where.on("call:initiate", [this](socket& s, event const& e) { initiate(s, e); });
    where.on("call:refresh-token", [this](socket& s, event const& e) { at_.requests().refresh_token(s, e); });
    where.on("presence:list", [this](socket& s, event const& e) { list_presence(s, e); });
    where.on("presence:subscribe", [this](socket& s, event const& e) { subscribe(s, e); });
    where.on("presence:unsubscribe", [this](socket& s, event const& e) { unsubscribe(s, e); });
}

void marketplace::serve_telecallers(socketio::nsp& where) {
    for (request_kind kind : {request_kind::accept, request_kind::reject, request_kind::end})
        at_.requests().serve(where, kind);
    where.on("call:refresh-token",
             [this](socketio::socket& s, socketio::event const& e) { at_.requests().refresh_token(s, e); });
}

} // namespace ringback::gateway
