#pragma once

#include "base/ids.hpp"
#include "base/timer_wheel.hpp"
#include "call/call_types.hpp"
#include "gateway/account_directory.hpp"
#include "socketio/socket.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::gateway {

class arrivals;

/// Closes a socket when its token has expired. Only a socket whose token has an `exp` has one.
class token_expiry final : public timer_wheel::timer {
public:
    token_expiry(arrivals& at, socket_ref who) noexcept : at_{at}, who_{who} {}

private:
    void on_expiry(mono_time now) override;

    arrivals& at_;
    socket_ref who_;
};

/// What the gateway keeps per socket. There is one for each idle phone, so it is small.
struct device : socketio::socket_state {
    device(account_ptr who, std::optional<call::realm> where) : account{std::move(who)}, realm{where} {}

    account_ptr account;              ///< as of the last look into the directory
    call_id showing;                  ///< the call on this device's screen, or the last one; null: none yet
    bool has_heard_end = false;       ///< of `showing`, so its screen is free
    std::optional<call::realm> realm; ///< nullopt: `/admin`, which takes part in no call
    std::unique_ptr<token_expiry> expiry;
    /// The telecallers whose presence it wants; null: everyone's. Each names a room that the socket is in.
    std::unique_ptr<std::vector<std::string>> watched;
};

[[nodiscard]] inline device& device_of(socketio::socket& s) { return s.state<device>(); }
/// REQUIRES: a device that takes part in calls.
[[nodiscard]] inline call::device_ref ref_of(socketio::socket& s) { return {s.ref(), *device_of(s).realm}; }

} // namespace ringback::gateway
