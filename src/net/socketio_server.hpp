#pragma once

#include "net/server.hpp"
#include "socketio/hub.hpp"
#include "socketio/shard_adapter.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace ringback::net {

/// Socket.IO (protocol v5, and with engine_config::allow_eio3 its clients of v4 and older) on every shard of a server:
/// one hub each, joined by an adapter. What `new Server(httpServer)` is in Node.js. Construct it before
/// server::start().
///
///     net::server server{{.listen = {{"127.0.0.1", 3000}}}};
///     net::socketio_server io{server};
///     io.set_up([](socketio::hub& hub) { hub.of("/").on("news", …); });
///     net::run_until_signal(server);
class socketio_server {
public:
    /// Makes the adapter that joins the hubs, here and perhaps with those of other nodes. What it is given runs work on
    /// a shard's thread, from any thread.
    using adapter_factory = std::function<std::unique_ptr<socketio::adapter>(socketio::shard_adapter::poster)>;

    /// `below` and `clock` must outlive it. Without `join` the hubs of this process are all there are. Throws nothing
    /// of its own.
    explicit socketio_server(server& below, socketio::hub_config config = {},
                             clock_source const& clock = machine_clock(), adapter_factory const& join = {});
    socketio_server(socketio_server const&) = delete;
    socketio_server& operator=(socketio_server const&) = delete;
    ~socketio_server(); ///< stops the server below, whose sessions belong to the hubs

    /// Sets up each shard's hub, before the server starts: namespaces and their handlers. With several shards handlers
    /// run on several threads at once, each only for the sockets of its own; what they share needs a guard.
    void set_up(std::function<void(socketio::hub&)> const& each) {
        for (auto& hub : hubs_)
            each(*hub);
    }
    /// Runs `what` on the first shard's thread, from any thread: the way to emit from outside of handlers. A broadcast
    /// from there reaches the sockets of all shards. What is posted before start() runs then, after stop() never.
    void post(std::function<void(socketio::hub&)> what) {
        server_.at(0).post([hub = hubs_[0].get(), what = std::move(what)] { what(*hub); });
    }

    /// On the shard's thread, or before the server starts.
    [[nodiscard]] socketio::hub& hub(std::uint32_t shard) noexcept { return *hubs_[shard]; }
    [[nodiscard]] server& below() noexcept { return server_; }

private:
    server& server_;
    std::unique_ptr<socketio::adapter> adapter_;
    std::vector<std::unique_ptr<socketio::hub>> hubs_;
};

} // namespace ringback::net
