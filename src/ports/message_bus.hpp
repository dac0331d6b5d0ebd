#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <string>

namespace ringback::ports {

/// Takes messages from a shard of this node to shards of others. Between two shards everything arrives once and in its
/// order as long as both nodes live; it waits, up to a bound, while they cannot reach each other. What is addressed to
/// a node that is gone comes back to the shard that sent it (message_listener::undelivered).
class message_bus {
public:
    virtual ~message_bus() = default;

    /// On the thread of `from`, a shard of this node; `to` is one of another. `message` is opaque.
    virtual void send(std::uint32_t from, place to, std::string message) = 0;
    /// To the first shard of every other node that is there when it can be said. One that cannot be reached at that
    /// moment misses it; others may hear it twice.
    virtual void send_to_all(std::uint32_t from, std::string message) = 0;
};

} // namespace ringback::ports
