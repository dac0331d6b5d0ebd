#pragma once

#include "gateway/shard_links.hpp"
#include "net/socketio_server.hpp"

namespace ringback::gateway {

/// The shards of a real server, which must outlive this.
class net_links final : public shard_links {
public:
    explicit net_links(net::socketio_server& server) noexcept : server_{server} {}

    [[nodiscard]] std::uint32_t size() const noexcept override { return server_.below().size(); }
    [[nodiscard]] socketio::hub& hub(std::uint32_t shard) noexcept override { return server_.hub(shard); }
    void post(std::uint32_t shard, std::move_only_function<void()> what) override {
        server_.below().at(shard).post(std::move(what));
    }

private:
    net::socketio_server& server_;
};

} // namespace ringback::gateway
