#pragma once

#include "auth/session_book.hpp"
#include "call/burst_limit.hpp"
#include "gateway/device.hpp"
#include "socketio/event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ringback::gateway {

class peers;

/// Closes a stranger's socket that has not said who it is.
class handshake_patience final : public timer_wheel::timer {
public:
    handshake_patience(peers& at, socket_ref who) noexcept : at_{at}, who_{who} {}

private:
    void on_expiry(mono_time now) override;

    peers& at_;
    socket_ref who_;
};

/// What the gateway keeps of a socket on `/`, which is nobody's at first: `account` is null until it is `greeting`.
struct peer_device final : device {
    enum class phase : std::uint8_t {
        stranger, ///< connected without a token
        checking, ///< its `auth:handshake` is being looked at
        greeting, ///< what it is greeted with is being read
        here      ///< takes part
    };
    struct leg_home {
        call_id call;
        place home;
    };

    explicit peer_device(account_ptr who)
        : device{std::move(who), call::realm::peer},
          at{account ? phase::greeting : phase::stranger} {}

    phase at;
    bool is_known = false; ///< the registry has it
    mono_time since{};     ///< when it began to say who it is
    std::optional<std::uint64_t> handshake_ack;
    std::unique_ptr<handshake_patience> patience;
    std::vector<socketio::owned_event> early; ///< what it sent while it was being checked and greeted
    std::optional<auth::session_hash> session;
    leg_home leg; ///< of the call whose side it owns; null: none
    call::burst_limit signals;
};

/// REQUIRES: a socket of `/`.
[[nodiscard]] inline peer_device& peer_of(socketio::socket& s) { return s.state<peer_device>(); }

} // namespace ringback::gateway
