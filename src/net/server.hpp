#pragma once

#include "net/http_routes.hpp"
#include "net/server_config.hpp"
#include "net/shard.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace ringback::net {

class listener;

/// Asked before a new Engine.IO session is made, on any shard's thread; false answers the handshake with 429.
using handshake_gate = std::function<bool(std::string_view address, mono_time now)>;

/// The shards and their listeners. Constructed, set up (routes, session factories) and started by one thread.
class server {
public:
    server(server_config config, clock_source const& clock);
    server(server const&) = delete;
    server& operator=(server const&) = delete;
    ~server(); ///< stops

    [[nodiscard]] http_routes& routes() noexcept { return routes_; }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(shards_.size()); }
    [[nodiscard]] shard& at(std::uint32_t index) noexcept { return *shards_[index]; }
    void set_handshake_gate(handshake_gate gate) { gate_ = std::move(gate); }
    [[nodiscard]] handshake_gate const& gate() const noexcept { return gate_; }

    /// Binds every endpoint and starts the threads. Throws std::system_error, naming the endpoint, when one cannot be
    /// bound; then nothing runs. An IPv6 endpoint beside others is left out, with a warning, where there is no IPv6.
    void start();
    /// The endpoints in use, with the port that the kernel chose for port 0.
    [[nodiscard]] std::vector<endpoint> const& bound() const noexcept { return bound_; }
    /// Closes the listeners and every transport, without a Socket.IO DISCONNECT so that clients come back, and joins
    /// the threads. Idempotent.
    void stop();

private:
    void bind(endpoint at);

    server_config const config_;
    clock_source const& clock_;
    http_routes routes_;
    handshake_gate gate_;
    std::vector<std::unique_ptr<shard>> shards_;
    std::vector<std::unique_ptr<listener>> listeners_;
    std::vector<endpoint> bound_;
    std::vector<std::jthread> threads_;
};

} // namespace ringback::net
