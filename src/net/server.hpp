#pragma once

#include "net/allow_request.hpp"
#include "net/handshake_limiter.hpp"
#include "net/http_routes.hpp"
#include "net/server_config.hpp"
#include "net/shard.hpp"
#include "net/statistics.hpp"
#include "net/tls_identity.hpp"
#include "net/tls_session.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace ringback::net {

class listener;

/// Asked before a new Engine.IO session is made, on any shard's thread; false answers the handshake with 429.
using handshake_gate = std::function<bool(std::string_view address, mono_time now)>;

/// The shards and their listeners: the HTTP server below Socket.IO. Constructed, set up (routes, hooks, session
/// factories) and started by one thread; statistics() may come from any thread, stop() not from a shard's own. Destroy
/// what its handlers use after it has stopped.
class server {
public:
    /// `clock` must outlive the server. Throws std::runtime_error, naming the file, when the certificate or its key
    /// cannot be used.
    explicit server(server_config config = {}, clock_source const& clock = machine_clock());
    server(server const&) = delete;
    server& operator=(server const&) = delete;
    ~server(); ///< stops

    [[nodiscard]] http_routes& routes() noexcept { return routes_; }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(shards_.size()); }
    [[nodiscard]] shard& at(std::uint32_t index) noexcept { return *shards_[index]; }
    void set_handshake_gate(handshake_gate gate) { gate_ = std::move(gate); }
    [[nodiscard]] handshake_gate const& gate() const noexcept { return gate_; }

    /// Who may open a session. Set before the server starts; empty: everybody.
    void set_allow_request(allow_request_hook hook) { allow_request_ = std::move(hook); }
    [[nodiscard]] allow_request_hook const& allow_request() const noexcept { return allow_request_; }
    [[nodiscard]] handshake_limiter& handshakes() noexcept { return handshakes_; }

    /// For a connection that was accepted; null when the server speaks without TLS. From any thread.
    [[nodiscard]] std::unique_ptr<tls_session> new_tls_session();

    /// Cheap, and from any thread.
    [[nodiscard]] server_statistics statistics() const noexcept;

    /// Binds every endpoint and starts the threads. Throws std::system_error, naming the endpoint, when one cannot be
    /// bound; then nothing runs. An IPv6 endpoint beside others is left out, with a warning, where there is no IPv6.
    void start();
    /// The endpoints in use, with the port that the kernel chose for port 0.
    [[nodiscard]] std::vector<endpoint> const& bound() const noexcept { return bound_; }
    /// Begins to close: the listeners at once, the transports one after the other over at most this time (few take
    /// less), without a Socket.IO DISCONNECT so that clients come back. Once, not from a shard's own thread; stop()
    /// follows.
    void retire(std::chrono::milliseconds over);
    /// No transport is left.
    [[nodiscard]] bool is_retired() const noexcept { return retiring_.load(std::memory_order_acquire) == 0; }
    /// Closes the listeners and every transport, without a Socket.IO DISCONNECT so that clients come back, and joins
    /// the threads. Idempotent.
    void stop();

private:
    void bind(endpoint at);

    server_config const config_;
    clock_source const& clock_;
    std::unique_ptr<tls_identity> tls_;
    http_routes routes_;
    handshake_gate gate_;
    allow_request_hook allow_request_;
    handshake_limiter handshakes_; ///< sessions of every shard hold tickets
    std::vector<std::unique_ptr<shard>> shards_;
    std::vector<std::unique_ptr<listener>> listeners_;
    std::vector<endpoint> bound_;
    std::atomic<std::size_t> retiring_ = 0; ///< shards that still have transports to close
    std::vector<std::jthread> threads_;
};

} // namespace ringback::net
