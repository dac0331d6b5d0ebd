#include "redis/tls.hpp"

#include "base/json_text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/ssl.h>

#include <utility>

namespace ringback::redis {
namespace asio = boost::asio;
using boost::system::error_code;

std::expected<asio::ssl::context, std::string> client_tls_context(tls_files const& files) {
    asio::ssl::context context{asio::ssl::context::tls_client};
    context.set_verify_mode(asio::ssl::verify_peer);
    error_code ec;
    if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1)
        return std::unexpected{"TLS 1.2 is not to be had"};
    auto cannot_use = [&](std::string_view what, std::string const& file) {
        return std::unexpected{std::string{what} + ' ' + json_string(file) + ": " + ec.message()};
    };

    if (files.authorities.empty())
        context.set_default_verify_paths(ec);
    else
        context.load_verify_file(files.authorities, ec);
    if (ec) return cannot_use("ca", files.authorities);
    if (files.certificate.empty()) return context;
    context.use_certificate_chain_file(files.certificate, ec);
    if (ec) return cannot_use("certificate", files.certificate);
    context.use_private_key_file(files.key, asio::ssl::context::pem, ec);
    if (ec) return cannot_use("key", files.key);
    return context;
}

std::optional<std::string> why_not_usable(tls_files const& files) {
    auto context = client_tls_context(files);
    return context ? std::nullopt : std::optional{std::move(context).error()};
}

bool expect_server(asio::ssl::stream<asio::ip::tcp::socket&>& stream, std::string const& name) {
    stream.set_verify_callback(asio::ssl::host_name_verification{name});
    // RFC 6066 section 3: a server name is sent for names, never for addresses.
    error_code not_an_address;
    asio::ip::make_address(name, not_an_address);
    return !not_an_address || SSL_set_tlsext_host_name(stream.native_handle(), name.c_str()) == 1;
}

} // namespace ringback::redis
