#pragma once

#include "gateway/arrivals.hpp"
#include "gateway/authenticator.hpp"
#include "gateway/call_archive.hpp"
#include "gateway/call_requests.hpp"
#include "gateway/devices.hpp"
#include "gateway/marketplace.hpp"
#include "gateway/operators.hpp"
#include "gateway/peer_presence.hpp"
#include "gateway/peers.hpp"
#include "gateway/presence_announcer.hpp"
#include "gateway/request_desk.hpp"
#include "gateway/services.hpp"
#include "gateway/switchboard.hpp"

#include <cstdint>
#include <utility>

namespace ringback::gateway {

/// The gateway's part on one shard, and how its parts find each other. Used on that shard's thread only.
class station {
public:
    /// Registers the handlers of the namespaces at the shard's hub.
    station(services& shared, std::uint32_t shard);
    station(station const&) = delete;
    station& operator=(station const&) = delete;

    [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
    [[nodiscard]] services& shared() const noexcept { return shared_; }
    [[nodiscard]] socketio::hub& hub() const noexcept { return hub_; }
    [[nodiscard]] moment now() const { return hub_.now(); }

    [[nodiscard]] devices& devices_here() noexcept { return devices_; }
    [[nodiscard]] request_desk& desk() noexcept { return desk_; }
    [[nodiscard]] request_desk const& desk() const noexcept { return desk_; }
    [[nodiscard]] switchboard& calls() noexcept { return switchboard_; }
    [[nodiscard]] switchboard const& calls() const noexcept { return switchboard_; }
    [[nodiscard]] call_archive& archive() noexcept { return archive_; }
    [[nodiscard]] presence_announcer& presence() noexcept { return presence_; }
    [[nodiscard]] arrivals& entrance() noexcept { return arrivals_; }
    [[nodiscard]] authenticator& gate() noexcept { return authenticator_; }
    [[nodiscard]] call_requests& requests() noexcept { return requests_; }
    [[nodiscard]] peers& peers_here() noexcept { return peers_; }
    [[nodiscard]] peer_presence& peers_presence() noexcept { return peer_presence_; }

    /// Runs `what` with the station of `shard` on its thread: at once when that is this one.
    template <class What>
    void run_on(std::uint32_t shard, What&& what) {
        if (shard == shard_) return void(std::forward<What>(what)(*this));
        station& there = *shared_.stations[shard];
        shared_.links->post(shard, [&there, w = std::forward<What>(what)]() mutable { w(there); });
    }
    /// For completions that come on a thread of their own: a callable for that thread, which takes the result to `then`
    /// on this shard. It may outlive the station, and then does nothing.
    template <class Result, class Then>
    [[nodiscard]] auto back_here(Then then) {
        return [links = shared_.links, shard = shard_, t = std::move(then)](Result r) mutable {
            links->post(shard, [t2 = std::move(t), r2 = std::move(r)]() mutable { t2(std::move(r2)); });
        };
    }

private:
    services& shared_;
    std::uint32_t const shard_;
    socketio::hub& hub_;
    devices devices_;
    request_desk desk_;
    presence_announcer presence_;
    switchboard switchboard_;
    call_archive archive_;
    arrivals arrivals_;
    authenticator authenticator_;
    call_requests requests_;
    peer_presence peer_presence_;
    peers peers_;
    marketplace marketplace_;
    operators operators_;
};

} // namespace ringback::gateway
