#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"
#include "socketio/adapter.hpp"
#include "socketio/nsp.hpp"
#include "socketio/packet.hpp"
#include "socketio/socket.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

struct hub_config {
    std::chrono::milliseconds connect_timeout{45'000}; ///< a connection that joined no namespace by then is closed
    std::chrono::milliseconds ack_timeout{30'000};     ///< of emit_with_ack without one of its own
    std::size_t max_namespaces_per_client = 16;        ///< one more CONNECT closes the connection
    decode_limits limits{};
};

/// The Socket.IO server of one shard: its namespaces and all its sockets. Everything here runs on that shard's thread.
class hub {
public:
    /// `shard` is part of the names that the sockets get; the references must outlive the hub.
    hub(std::uint32_t shard, hub_config const& config, adapter& others, timer_wheel& timers, clock_source const& clock);
    hub(hub const&) = delete;
    hub& operator=(hub const&) = delete;

    /// The namespace `name` ("/", "/chat"), made when it is first asked for.
    nsp& of(std::string_view name);
    [[nodiscard]] nsp* find_nsp(std::string_view name);

    /// The socket of that name; nullptr when it has ended or was never of this shard.
    [[nodiscard]] socket* find(socket_ref who) const noexcept;
    [[nodiscard]] socket* find_by_id(std::string_view id) const noexcept;
    [[nodiscard]] std::size_t socket_count() const noexcept { return live_; }

    /// Hands a broadcast to the sockets of this shard: the adapter's entry.
    void deliver(std::string_view nsp, audience const& to, websocket::frame_ptr const& message);
    /// Frees the sockets that ended. Handlers may end the very socket they run for, so nothing is freed before the
    /// shard says that no handler is running.
    void collect() { ended_.clear(); }

    [[nodiscard]] hub_config const& config() const noexcept { return config_; }
    [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
    [[nodiscard]] moment now() const { return clock_.now(); }
    [[nodiscard]] timer_wheel& timers() const noexcept { return timers_; }
    [[nodiscard]] adapter& others() const noexcept { return others_; }

private:
    friend class admission;
    friend class client;
    friend class nsp;

    struct slot {
        socket* holds = nullptr;
        std::uint64_t generation = 0;
    };

    void enlist(socket& s);
    void retire(std::unique_ptr<socket> s);

    // given
    std::uint32_t const shard_;
    hub_config const config_;
    adapter& others_;
    timer_wheel& timers_;
    clock_source const& clock_;
    // owned
    std::unordered_map<std::string, std::unique_ptr<nsp>, text_hash, std::equal_to<>> nsps_;
    std::vector<std::unique_ptr<socket>> ended_;
    // state
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::uint64_t next_generation_ = 1;
    std::uint64_t broadcasts_ = 0;
    std::size_t live_ = 0;
};

} // namespace ringback::socketio
