#pragma once

#include "gateway/request_kind.hpp"
#include "socketio/event.hpp"
#include "socketio/nsp.hpp"

namespace ringback::gateway {

class station;

/// The client events of `/admin` (contract, section 5).
class operators {
public:
    explicit operators(station& at) noexcept : at_{at} {}
    operators(operators const&) = delete;
    operators& operator=(operators const&) = delete;

    void serve(socketio::nsp& where);

private:
    using handler = void (operators::*)(socketio::socket&, call::request_token, socketio::event const&);

    /// Runs `handle` for an event of who still is an ADMIN.
    void on(socketio::nsp& where, request_kind kind, handler handle);
    void arrive(socketio::socket& s);
    void count(socketio::socket& s, call::request_token token, socketio::event const& e);
    void watch(socketio::socket& s, call::request_token token, socketio::event const& e);
    void end(socketio::socket& s, call::request_token token, socketio::event const& e);

    station& at_;
};

} // namespace ringback::gateway
