#pragma once

#include "base/timer_wheel.hpp"
#include "gateway/device.hpp"
#include "gateway/error_to_wire.hpp"
#include "ports/call_registry.hpp"
#include "socketio/disconnect_reason.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

namespace ringback::gateway {

class station;

/// The coming and going of devices on one shard: the registry hears of each, and the call of its account too.
class arrivals {
public:
    explicit arrivals(station& at);
    arrivals(arrivals const&) = delete;
    arrivals& operator=(arrivals const&) = delete;
    ~arrivals();

    /// Registers the handlers of a namespace whose sockets have an account from the start.
    void serve(socketio::nsp& where);
    /// The device takes part from now on, and no longer.
    void enter(socketio::socket& s);
    void leave(socketio::socket& s, socketio::disconnect_reason why, moment lost_at);
    /// How long an account that dropped out of this namespace may come back.
    [[nodiscard]] std::chrono::milliseconds grace_of(std::optional<call::realm> realm) const;

    /// Closes a device for a reason that does not cut a call short (an expired token, a revoked approval): now, or
    /// when the call is over that its account is in.
    void close_when_free(socket_ref who, connect_refusal why);

    /// An ADMIN has written this account: closes its devices here that may not stay, at once when it is suspended.
    void look_at(account_ptr const& who);

    /// Whether somebody wanted this end, so that nobody will come back.
    [[nodiscard]] static call::departure departure_of(socketio::disconnect_reason why) noexcept;

private:
    struct lingering;

    void hand_over(account_id const& account, call::device_ref device, moment lost_at);
    void settle_in(socket_ref who, ports::arrival news);
    void turn_back(socket_ref who);
    void settle_departure(call::device_ref device, call::departure how, moment lost_at, account_id const& account,
                          ports::departed news);
    void linger(account_id const& account, call::realm realm, std::uint64_t number);

    station& at_;
    std::unordered_map<std::uint64_t, std::unique_ptr<lingering>> lingering_; ///< by the registry's number
};

} // namespace ringback::gateway
