#include "media/livekit/http_client.hpp"

#include "io/as_result.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http.hpp>
#include <openssl/ssl.h>

#include <utility>

namespace ringback::media {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

/// RFC 6066 section 3: a server name is sent for names, never for addresses.
bool name_the_server(SSL* ssl, std::string const& host) {
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    return !not_an_address || SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

error_code openssl_error() { return {static_cast<int>(::ERR_get_error()), asio::error::get_ssl_category()}; }

} // namespace

asio::ssl::context client_tls_context(http_url const& url) {
    asio::ssl::context context{asio::ssl::context::tls_client};
    if (url.security == http_security::plain) return context;
    if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1)
        throw boost::system::system_error{openssl_error()};
    context.set_default_verify_paths();
    context.set_verify_mode(asio::ssl::verify_peer);
    return context;
}

http_client::http_client(asio::any_io_executor executor, http_url url, asio::ssl::context& tls,
                         http_client_config const& config)
    : url_{std::move(url)},
      tls_{tls},
      config_{config},
      executor_{std::move(executor)},
      lookup_{executor_, url_.host, url_.port} {}

asio::awaitable<std::expected<http_answer, error_code>> http_client::post(json_post what) {
    http::request<http::string_body> request{http::verb::post, url_.path + what.target, 11};
    request.set(http::field::host, url_.authority);
    request.set(http::field::user_agent, "ringback");
    request.set(http::field::authorization, "Bearer " + what.bearer.reveal());
    request.set(http::field::content_type, "application/json");
    request.body() = std::move(what.body);
    request.prepare_payload();

    for (bool was_kept = stream_.has_value();; was_kept = false) {
        if (closed_) co_return std::unexpected{asio::error::operation_aborted};
        if (!stream_)
            if (auto ec = co_await connect()) co_return std::unexpected{ec};
        std::expected<http_answer, error_code> answer;
        if (url_.security == http_security::tls)
            answer = co_await exchange(*stream_, request);
        else
            answer = co_await exchange(stream_->next_layer(), request);
        if (answer) co_return answer;
        stream_.reset();
        if (!was_kept || answer.error() == beast::error::timeout) co_return answer;
    }
}

asio::awaitable<error_code> http_client::connect() {
    auto deadline = std::chrono::steady_clock::now() + config_.connect_timeout;
    auto addresses = co_await lookup_.resolve(deadline);
    if (!addresses) co_return addresses.error();
    if (closed_) co_return asio::error::operation_aborted;

    buffer_.clear();
    stream_.emplace(executor_, tls_);
    beast::tcp_stream& transport = stream_->next_layer();
    transport.expires_at(deadline);
    auto [ec, endpoint] = co_await transport.async_connect(*addresses, io::as_result);
    if (!ec) transport.socket().set_option(tcp::no_delay{true}, ec);
    if (!ec && url_.security == http_security::tls) {
        stream_->set_verify_callback(asio::ssl::host_name_verification{url_.host});
        if (name_the_server(stream_->native_handle(), url_.host))
            std::tie(ec) = co_await stream_->async_handshake(asio::ssl::stream_base::client, io::as_result);
        else
            ec = openssl_error();
    }
    if (ec) stream_.reset();
    co_return ec;
}

template <class Stream, class Request>
asio::awaitable<std::expected<http_answer, error_code>> http_client::exchange(Stream& stream, Request const& request) {
    beast::get_lowest_layer(stream).expires_after(config_.request_timeout);
    auto [write_failure, written] = co_await http::async_write(stream, request, io::as_result);
    if (write_failure) co_return std::unexpected{write_failure};

    http::response_parser<http::string_body> parser;
    parser.header_limit(config_.max_header_bytes);
    parser.body_limit(config_.max_answer_bytes);
    auto [read_failure, read] = co_await http::async_read(stream, buffer_, parser, io::as_result);
    if (read_failure) co_return std::unexpected{read_failure};
    beast::get_lowest_layer(stream).expires_never();

    auto& response = parser.get();
    http_answer answer{response.result_int(), std::move(response.body())};
    // Bytes behind the answer belong to no request: what comes next could not be told apart.
    if (!response.keep_alive() || buffer_.size() > 0) stream_.reset();
    co_return answer;
}

void http_client::close() {
    closed_ = true;
    lookup_.cancel();
    if (stream_) stream_->next_layer().close();
}

} // namespace ringback::media
