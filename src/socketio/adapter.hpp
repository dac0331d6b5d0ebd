#pragma once

#include "socketio/audience.hpp"
#include "websocket/shared_frame.hpp"

#include <string_view>

namespace ringback::socketio {

/// Carries broadcasts to the hubs of all shards (and, in a cluster, of all nodes). Each hub knows one adapter; the
/// adapter calls hub::deliver() on the thread of every hub it serves, the caller's own before broadcast() returns, so
/// that what one shard sends to one of its own sockets keeps its order.
class adapter {
public:
    virtual ~adapter() = default;
    /// Called on a shard's thread. `from` is that shard's index.
    virtual void broadcast(std::uint32_t from, std::string_view nsp, audience const& to,
                           websocket::frame_ptr message) = 0;
};

} // namespace ringback::socketio
