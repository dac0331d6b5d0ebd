#pragma once

#include "net/server.hpp"
#include "socketio/hub.hpp"
#include "socketio/shard_adapter.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace ringback::net {

/// Socket.IO on every shard of a server: one hub each, joined by an adapter. Construct it before server::start(),
/// destroy it after server::stop().
class socketio_server {
public:
    socketio_server(server& below, socketio::hub_config config, clock_source const& clock);
    socketio_server(socketio_server const&) = delete;
    socketio_server& operator=(socketio_server const&) = delete;

    /// Sets up each shard's hub, before the server starts: namespaces and their handlers. With several shards handlers
    /// run on several threads at once, each only for the sockets of its own.
    void set_up(std::function<void(socketio::hub&)> const& each) {
        for (auto& hub : hubs_)
            each(*hub);
    }
    /// Runs `what` on a shard's thread, from any thread: the way to emit from outside of handlers.
    void post(std::function<void(socketio::hub&)> what) {
        server_.at(0).post([hub = hubs_[0].get(), what = std::move(what)] { what(*hub); });
    }

    /// On the shard's thread, or before the server starts.
    [[nodiscard]] socketio::hub& hub(std::uint32_t shard) noexcept { return *hubs_[shard]; }
    [[nodiscard]] server& below() noexcept { return server_; }

private:
    server& server_;
    socketio::shard_adapter adapter_;
    std::vector<std::unique_ptr<socketio::hub>> hubs_;
};

} // namespace ringback::net
