#pragma once

#include "base/ids.hpp"
#include "call/call_event.hpp"
#include "gateway/account_directory.hpp"
#include "gateway/request_kind.hpp"
#include "gateway/switchboard.hpp"
#include "socketio/event.hpp"
#include "socketio/nsp.hpp"

#include <string>

namespace ringback::gateway {

class station;

/// The client events about a call that exists, on whichever namespace its parties are.
class call_requests {
public:
    explicit call_requests(station& at) noexcept : at_{at} {}
    call_requests(call_requests const&) = delete;
    call_requests& operator=(call_requests const&) = delete;

    /// Who sends an event, kept while the answer is looked for.
    struct sender {
        account_ptr account;
        call::device_ref device;
        device_name name{};
        call::request_token token;
    };
    /// Opens a request at the desk, with the account as it is known now.
    [[nodiscard]] sender sender_of(socketio::socket& s, socketio::event const& e, request_kind kind,
                                   call_id const& about = {});
    void refuse(sender const& from, call::refusal_code code);

    /// Registers accept, reject, cancel or end.
    void serve(socketio::nsp& where, request_kind kind);
    void on_call_event(socketio::socket& s, socketio::event const& e, request_kind kind);
    void refresh_token(socketio::socket& s, socketio::event const& e);

private:
    void find_home(sender from, call_id const& call, request_kind kind, call::allowance limit, std::string reason);

    station& at_;
};

} // namespace ringback::gateway
