#pragma once

#include "gateway/account_directory.hpp"
#include "gateway/call_requests.hpp"
#include "gateway/event_payload.hpp"
#include "socketio/event.hpp"
#include "socketio/nsp.hpp"

#include <expected>

namespace ringback::gateway {

class station;

/// The client events of `/user` and `/telecaller` (contract, section 3).
class marketplace {
public:
    explicit marketplace(station& at) noexcept : at_{at} {}
    marketplace(marketplace const&) = delete;
    marketplace& operator=(marketplace const&) = delete;

    void serve_users(socketio::nsp& where);
    void serve_telecallers(socketio::nsp& where);

private:
    using sender = call_requests::sender;
    using initiate_request = std::expected<initiate_payload, call::refusal_code>;

    // marketplace_initiate.cpp
    void initiate(socketio::socket& s, socketio::event const& e);
    void check_request(sender const& from, initiate_request const& request);
    void check_callee(sender const& from, call::call_type type, account_directory::found const& callee);
    void check_coins(sender const& from, call_attempt attempt);

    // marketplace_presence.cpp
    void list_presence(socketio::socket& s, socketio::event const& e);
    void subscribe(socketio::socket& s, socketio::event const& e);
    void unsubscribe(socketio::socket& s, socketio::event const& e);

    station& at_;
};

} // namespace ringback::gateway
