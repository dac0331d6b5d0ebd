#pragma once

#include "auth/session_book.hpp"
#include "call/call_event.hpp"
#include "call/refusal.hpp"
#include "gateway/call_requests.hpp"
#include "gateway/error_to_wire.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/peer_device.hpp"
#include "socketio/nsp.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ringback::gateway {

class station;

/// The client events of `/` (contract, section 4). A socket there is nobody's until it has shown a token.
class peers {
public:
    explicit peers(station& at) noexcept : at_{at} {}
    peers(peers const&) = delete;
    peers& operator=(peers const&) = delete;

    void serve(socketio::nsp& where);

    /// The stranger's token is good.
    void welcome(socketio::socket& s, account_ptr who, std::unique_ptr<token_expiry> expiry);
    /// It is not: `auth:error`, then DISCONNECT.
    void turn_away(socketio::socket& s, connect_refusal why);
    /// It has not shown one in time.
    void lose_patience(socket_ref who);

private:
    using sender = call_requests::sender;
    using handler = void (peers::*)(socketio::socket&, socketio::event const&, request_kind);
    struct listener {
        request_kind kind;
        handler handle;
    };
    using request = std::expected<peer_request, call::refusal_code>;

    // peers.cpp: coming and going.
    void on(socketio::nsp& where, request_kind kind, handler handle);
    void receive(socketio::socket& s, socketio::event const& e);
    void arrive(socketio::socket& s);
    void leave(socketio::socket& s, socketio::disconnect_reason why, moment lost_at);
    void shake_hands(socketio::socket& s, socketio::event const& e, request_kind kind);
    void greet(socketio::socket& s);
    struct greeting;
    void look_for_call(std::shared_ptr<greeting> const& g);
    void greet_with_call(std::shared_ptr<greeting> const& g);
    void finish_greeting(greeting const& g, std::optional<std::string> const& users);
    void tell_success(socketio::socket& s, greeting const& g);
    void list_users(socketio::socket& s, socketio::event const& e, request_kind kind);

    // peer_sessions.cpp: a token is told when the store has it, so that it outlives the server.
    using issued = auth::session_book::issued;
    void prepare_session(socketio::socket& s, std::string used_up, std::move_only_function<void(issued)> then);
    [[nodiscard]] issued issue_session(socketio::socket& s);
    void adopt_session(socketio::socket& s, auth::session_hash const& fresh);
    void discard_session(auth::session_hash const& unused);
    void leave_session(auth::session_hash const& of, call::departure how);

    // peer_calls.cpp
    void call_event(socketio::socket& s, socketio::event const& e, request_kind kind);
    void refresh_token(socketio::socket& s, socketio::event const& e, request_kind kind);
    void ask_for_call(socketio::socket& s, socketio::event const& e, request_kind kind);
    void check_request(sender const& from, request const& wanted);
    void check_callee(sender const& from, peer_request const& wanted, account_directory::found const& callee);
    void check_acquaintance(sender const& from, peer_request const& wanted, account_ptr const& callee,
                            ports::read_result<ports::acquaintance> const& between);

    // peer_signals.cpp
    void signal(socketio::socket& s, socketio::event const& e, request_kind kind);
    void send_on(sent_signal what, peer_device::leg_home const& leg);

    // peer_reconnect.cpp
    struct comeback;
    void come_back(socketio::socket& s, socketio::event const& e, request_kind kind);
    void take_session(std::shared_ptr<comeback> const& c, std::string const& token);
    void look_for_call(std::shared_ptr<comeback> const& c, std::string used_up);
    void go_on(socketio::socket& s, socket_ref instead_of);
    void look_for_call(std::shared_ptr<comeback> const& c);
    void come_back_to(std::shared_ptr<comeback> const& c, std::string_view call);
    void refuse_comeback(comeback const& c, std::string_view code, std::string_view message);

    station& at_;
    std::unordered_map<std::string_view, listener> listeners_; ///< by the event's name
};

} // namespace ringback::gateway
