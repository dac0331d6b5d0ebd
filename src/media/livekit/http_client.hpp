#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "io/host_lookup.hpp"
#include "media/livekit/http_client_config.hpp"
#include "media/livekit/http_url.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <expected>
#include <optional>
#include <string>

namespace ringback::media {

struct http_answer {
    unsigned status = 0;
    std::string body;
};

/// A JSON document for a service that knows the sender by a token.
struct json_post {
    std::string target; ///< below the path of the service's URL; begins with a slash
    secret bearer;
    std::string body;
};

/// For http_client: verifies peers against the authorities that the system trusts (or those of SSL_CERT_FILE); TLS 1.2
/// and later. Reads the trusted authorities for a URL with TLS alone. Throws boost::system::system_error.
[[nodiscard]] boost::asio::ssl::context client_tls_context(http_url const& url);

/// An HTTP/1.1 client of one service, over one connection that is kept for the next request. Opened when a request
/// needs it. All calls on the executor's thread, one post() at a time.
class http_client {
public:
    /// `tls` outlives the client.
    http_client(boost::asio::any_io_executor executor, http_url url, boost::asio::ssl::context& tls,
                http_client_config const& config);
    http_client(http_client const&) = delete;
    http_client& operator=(http_client const&) = delete;

    /// The answer, whatever its status. An error, after which the next post() opens a new connection, says nothing
    /// about whether the service has acted. The request must bear being repeated: one that breaks off on a kept
    /// connection, which the service may just have closed for idleness, is sent once more on a new one.
    [[nodiscard]] boost::asio::awaitable<std::expected<http_answer, boost::system::error_code>> post(json_post what);

    /// Breaks off what is under way, and refuses what follows with operation_aborted.
    void close();

private:
    using tls_stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

    [[nodiscard]] boost::asio::awaitable<boost::system::error_code> connect();
    template <class Stream, class Request>
    boost::asio::awaitable<std::expected<http_answer, boost::system::error_code>> exchange(Stream& stream,
                                                                                           Request const& request);
    // given
    http_url url_;
    boost::asio::ssl::context& tls_;
    http_client_config config_;
    // owned
    boost::asio::any_io_executor executor_;
    io::host_lookup lookup_;
    std::optional<tls_stream> stream_; ///< without TLS only the TCP stream inside is used; empty: not connected
    boost::beast::flat_buffer buffer_;
    // state
    bool closed_ = false;
};

} // namespace ringback::media
