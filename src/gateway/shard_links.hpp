#pragma once

#include "socketio/hub.hpp"

#include <cstdint>
#include <functional>

namespace ringback::gateway {

/// How the parts of the gateway reach each other: the shards of the process, each with its hub.
class shard_links {
public:
    virtual ~shard_links() = default;

    [[nodiscard]] virtual std::uint32_t size() const noexcept = 0;
    /// To be used on that shard's thread, or before the shards run.
    [[nodiscard]] virtual socketio::hub& hub(std::uint32_t shard) noexcept = 0;
    /// Thread-safe: `what` runs on the shard's thread, behind all that was posted to it before; never inside this call.
    /// When the shard has stopped, `what` is destroyed without having run.
    virtual void post(std::uint32_t shard, std::move_only_function<void()> what) = 0;
};

} // namespace ringback::gateway
