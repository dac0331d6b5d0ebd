#pragma once

#include "redis/config.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <expected>
#include <string>

namespace ringback::redis {

/// Verifies the server and shows our certificate, if there is one. The error names the file that cannot be used.
[[nodiscard]] std::expected<boost::asio::ssl::context, std::string> client_tls_context(tls_files const& files);

/// Sends the name, unless it is an address, and accepts certificates for it only. False: OpenSSL cannot take it.
[[nodiscard]] bool expect_server(boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>& stream,
                                 std::string const& name);

} // namespace ringback::redis
