#pragma once

#include "gateway/device.hpp"
#include "gateway/error_to_wire.hpp"
#include "socketio/hub.hpp"

namespace ringback::gateway {

/// What an event means for the screen of the device that it goes to.
enum class on_screen : std::uint8_t {
    shows_call, ///< the device shows this call from now on
    unchanged,
    freed,           ///< it shows no call any more; not for one that has begun another since, or knows already
    freed_elsewhere, ///< as freed, because another device of the party has answered: nobody else needs to know
    freed_again      ///< as freed, also for one that knows: it has acted on the call since
};

/// The devices of one shard, reached by name from wherever their calls live. A device that is gone is passed over.
class devices {
public:
    explicit devices(socketio::hub& hub) noexcept : hub_{hub} {}

    /// Null when it has ended.
    [[nodiscard]] socketio::socket* find(socket_ref who) const;

    void tell(socket_ref who, call_id const& about, on_screen effect, std::string_view event, std::string_view args);
    /// The device owns a side of the call: it joins the call's room and shows it.
    void take_leg(socket_ref who, call_id const& call, place home);
    void leave_call(socket_ref who, call_id const& call);
    /// Whether it owns, or shares, a side of the call.
    [[nodiscard]] bool is_in(socket_ref who, call_id const& call) const;
    /// The device shows this call no more.
    void free_screen(socket_ref who, call_id const& call);
    /// Says why by `error`, then DISCONNECT: official clients do not come back by themselves.
    void close(socket_ref who, connect_refusal why);

private:
    socketio::hub& hub_;
};

} // namespace ringback::gateway
