#pragma once

#include "base/ids.hpp"
#include "call/call_event.hpp"
#include "gateway/account_directory.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/request_kind.hpp"
#include "gateway/switchboard.hpp"
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
    /// Who sends an event, kept while the answer is looked for.
    struct sender {
        account_ptr account;
        call::device_ref device;
        device_name name{};
        call::request_token token;
    };
    using initiate_request = std::expected<initiate_payload, call::refusal_code>;

    // marketplace.cpp: events about a call that exists.
    void on(socketio::nsp& where, request_kind kind);
    void on_call_event(socketio::socket& s, socketio::event const& e, request_kind kind);
    void find_home(sender from, call_id const& call, request_kind kind, call::allowance limit);
    void refresh_token(socketio::socket& s, socketio::event const& e);
    [[nodiscard]] sender sender_of(socketio::socket& s, socketio::event const& e, request_kind kind,
                                   call_id const& about = {});
    void refuse(sender const& from, call::refusal_code code);

    // marketplace_initiate.cpp
    void initiate(socketio::socket& s, socketio::event const& e);
    void check_request(sender const& from, initiate_request const& request);
    void check_callee(sender from, call::call_type type, account_directory::found const& callee);
    void check_coins(sender from, call_attempt attempt);

    // marketplace_presence.cpp
    void list_presence(socketio::socket& s, socketio::event const& e);
    void subscribe(socketio::socket& s, socketio::event const& e);
    void unsubscribe(socketio::socket& s, socketio::event const& e);

    station& at_;
};

} // namespace ringback::gateway
