#pragma once

#include "net/server.hpp"
#include "socketio/hub.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace ringback::net {

/// Socket.IO on every shard of a server: one hub each, joined by an adapter over the shards' mailboxes. Construct it
/// before server::start(), destroy it after server::stop().
class socketio_server final : public socketio::adapter {
public:
    socketio_server(server& below, socketio::hub_config const& config, clock_source const& clock);

    /// On the shard's thread, or before the server starts.
    [[nodiscard]] socketio::hub& hub(std::uint32_t shard) noexcept { return *hubs_[shard]; }
    [[nodiscard]] server& below() noexcept { return server_; }

private:
    void broadcast(std::uint32_t from, std::string_view nsp, socketio::audience const& to,
                   websocket::frame_ptr message) override;

    server& server_;
    std::vector<std::unique_ptr<socketio::hub>> hubs_;
};

} // namespace ringback::net
