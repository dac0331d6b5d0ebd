#pragma once

#include "base/timer_wheel.hpp"
#include "gateway/arrivals.hpp"
#include "gateway/authenticator.hpp"
#include "gateway/call_archive.hpp"
#include "gateway/call_requests.hpp"
#include "gateway/delays.hpp"
#include "gateway/devices.hpp"
#include "gateway/marketplace.hpp"
#include "gateway/operators.hpp"
#include "gateway/peer_presence.hpp"
#include "gateway/peers.hpp"
#include "gateway/presence_announcer.hpp"
#include "gateway/request_desk.hpp"
#include "gateway/services.hpp"
#include "gateway/station_message.hpp"
#include "gateway/switchboard.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ringback::gateway {

/// The gateway's part on one shard, and how its parts find each other. Used on that shard's thread only.
class station {
public:
    /// Registers the handlers of the namespaces at the shard's hub.
    station(services& shared, std::uint32_t shard);
    station(station const&) = delete;
    station& operator=(station const&) = delete;

    [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
    [[nodiscard]] place here() const noexcept { return hub_.here(); }
    [[nodiscard]] services& shared() const noexcept { return shared_; }
    [[nodiscard]] ports::call_registry& registry() const noexcept { return *shared_.registries[shard_]; }
    [[nodiscard]] bool is_in_doubt() const { return shared_.is_in_doubt && shared_.is_in_doubt(now().mono); }
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
    [[nodiscard]] delays& later() noexcept { return delays_; }

    // station_messages.cpp: between the stations of all nodes.

    /// Takes `m` to the station of that place: at once when it is this one.
    void send(place to, station_message m);
    /// To the first station of every other node.
    void send_to_other_nodes(station_message m);
    /// `m` has come from another node, or from this one.
    void handle(station_message m);
    /// `m` was sent to a node that is gone: what was for the home of a call looks for the new one.
    void take_back(station_message m);
    /// Asks the home of a call about it. No answer, because it has gone, counts as an empty one.
    void ask(place home, call_id const& call, account_id const& party, call_question::subject about,
             std::function<void(std::string)> then);

    /// What is known of the accounts of the devices here may be old: they are read again, a few at a time.
    void doubt_accounts();

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
    class handler;
    /// Gives up what another node should have answered and did not.
    class sweeper final : public timer_wheel::timer {
    public:
        explicit sweeper(station& at);

    private:
        void on_expiry(mono_time now) override;

        station& at_;
    };
    struct question {
        mono_time since;
        std::function<void(std::string)> then;
    };
    void give_up_before(mono_time since);
    void read_doubted();

    services& shared_;
    std::uint32_t const shard_;
    socketio::hub& hub_;
    std::unordered_map<std::uint64_t, question> questions_; ///< that wait for their answer
    std::uint64_t next_question_ = 1;
    std::vector<account_id> doubted_accounts_;
    delays delays_;
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
    std::optional<sweeper> sweeper_; ///< in a cluster
};

} // namespace ringback::gateway
