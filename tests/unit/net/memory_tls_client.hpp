#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace ringback::testing {

/// OpenSSL's own client, without a socket.
class memory_tls_client {
public:
    explicit memory_tls_client(int max_version = 0) {
        SSL_CTX_set_max_proto_version(context_.get(), max_version);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
    }
    SSL* ssl() { return ssl_.get(); }
    void write(std::string_view text) { SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())); }
    std::string read() {
        std::string text(100'000, '\0');
        int size = SSL_read(ssl_.get(), text.data(), static_cast<int>(text.size()));
        return text.substr(0, static_cast<std::size_t>(std::max(size, 0)));
    }
    /// What it wants sent.
    std::string take() {
        std::string bytes(100'000, '\0');
        int size = BIO_read(SSL_get_wbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
        return bytes.substr(0, static_cast<std::size_t>(std::max(size, 0)));
    }
    void receive(std::string_view bytes) {
        BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    }
    std::string name_of_server() {
        std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(ssl_.get()), X509_free};
        char name[100] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
        return name;
    }

private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

} // namespace ringback::testing
