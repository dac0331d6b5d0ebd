#pragma once

#include "net/server_config.hpp"
#include "net/shard.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace ringback::net {

/// Accepts for one shard on one endpoint. Every shard listens on the same endpoint with SO_REUSEPORT: the kernel
/// spreads the connections, and no connection changes threads between accept and first byte.
class listener {
public:
    /// Binds and listens. Throws std::system_error that names the endpoint.
    listener(shard& on, endpoint const& at);

    /// SO_REUSEPORT would let a second server of the same user share the port in silence. Throws as the constructor
    /// does when somebody listens there already.
    static void require_free(endpoint const& at);

    [[nodiscard]] endpoint bound() const;
    void start();
    /// On the shard's thread.
    void close();
    [[nodiscard]] shard& on() const noexcept { return shard_; }

private:
    void accept();

    shard& shard_;
    boost::asio::ip::tcp::acceptor acceptor_;
};

} // namespace ringback::net
