#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <new>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace ringback::net {
namespace {

// The answer to a client that lists protocols: HTTP/1.1, or none when that is not on its list. WebSocket begins there.
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* size, unsigned char const* offered,
                    unsigned int offered_bytes, void*) {
    constexpr std::string_view wanted = "http/1.1";
    std::string_view list{reinterpret_cast<char const*>(offered), offered_bytes};
    while (!list.empty()) {
        auto length = static_cast<unsigned char>(list[0]);
        auto name = list.substr(1, length);
        if (name == wanted) {
            *chosen = reinterpret_cast<unsigned char const*>(name.data());
            *size = length;
            return SSL_TLSEXT_ERR_OK;
        }
        list.remove_prefix(1 + name.size());
    }
    return SSL_TLSEXT_ERR_NOACK;
}

// OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

std::unexpected<tls_error> unusable(tls_error::file of, std::filesystem::path const& file, std::string_view what) {
    ERR_clear_error();
    if (::access(file.c_str(), R_OK) != 0)
        return std::unexpected{tls_error{of, std::generic_category().message(errno)}};
    return std::unexpected{tls_error{of, std::string{what}}};
}

} // namespace

void tls_context::ending::operator()(ssl_ctx_st* context) const noexcept { ::SSL_CTX_free(context); }

tls_context::tls_context() : context_{::SSL_CTX_new(::TLS_server_method())} {
    if (!context_) throw std::bad_alloc{};
    SSL_CTX* c = context_.get();
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA);
    // An idle connection gives the buffers of its records back, 34 kB otherwise.
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_default_passwd_cb(c, no_passphrase);
    ::SSL_CTX_set_alpn_select_cb(c, choose_protocol, nullptr);
    // Sessions live in the tickets that clients keep, so that every shard and every restart of theirs costs us nothing.
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_num_tickets(c, 1);
}

std::expected<std::shared_ptr<tls_context const>, tls_error> tls_context::load(tls_config const& config) {
    using enum tls_error::file;
    std::shared_ptr<tls_context> made{new tls_context};
    SSL_CTX* c = made->context_.get();
    if (::SSL_CTX_use_certificate_chain_file(c, config.certificate.c_str()) != 1)
        return unusable(certificate, config.certificate, "no PEM certificate in it that can be used");
    if (::SSL_CTX_use_PrivateKey_file(c, config.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        bool differs = ERR_GET_REASON(::ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
        return unusable(key, config.key,
                        differs ? "not the key of the certificate" : "no PEM key without a passphrase in it");
    }
    if (::SSL_CTX_check_private_key(c) != 1) return unusable(key, config.key, "not the key of the certificate");
    return made;
}

ssl_st* tls_context::new_connection() const {
    SSL* made = ::SSL_new(context_.get());
    if (!made) throw std::bad_alloc{};
    ::SSL_set_accept_state(made);
    return made;
}

} // namespace ringback::net
