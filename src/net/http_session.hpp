#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace ringback::net {

class shard;

/// Serves HTTP/1.1 on one connection until it closes, times out or becomes a WebSocket, which then leaves this
/// coroutine and its frame behind.
boost::asio::awaitable<void> serve_http(shard& on, boost::asio::ip::tcp::socket connection);

} // namespace ringback::net
