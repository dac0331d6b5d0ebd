#include "media/livekit/livekit_server.hpp"
#include "stand_in_server.hpp"
#include "temporary_store.hpp"
#include "unit/log_lines.hpp"

#include <boost/asio/ssl/context.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

using namespace ringback;
using namespace ringback::media;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

system_clock_source const system_clock;
call_id const room = call_id::parse("507f1f77bcf86cd799439081").value();

using key_ptr = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* k) { EVP_PKEY_free(k); })>;
using cert_ptr = std::unique_ptr<X509, decltype([](X509* c) { X509_free(c); })>;
using bio_ptr = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free(b); })>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, decltype([](X509_EXTENSION* e) { X509_EXTENSION_free(e); })>;

std::string text_of(BIO* memory) {
    char* bytes = nullptr;
    auto size = BIO_get_mem_data(memory, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

/// A key and its self-signed certificate for the name `localhost`, in PEM.
struct identity {
    std::string key;
    std::string certificate;

    identity() {
        key_ptr pair{EVP_EC_gen("P-256")};
        cert_ptr cert{X509_new()};
        X509_set_version(cert.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
        X509_set_pubkey(cert.get(), pair.get());
        X509_NAME* name = X509_get_subject_name(cert.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("localhost"), -1,
                                   -1, 0);
        X509_set_issuer_name(cert.get(), name);
        extension_ptr names{X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost")};
        X509_add_ext(cert.get(), names.get(), -1);
        X509_sign(cert.get(), pair.get(), EVP_sha256());

        bio_ptr key_text{BIO_new(BIO_s_mem())};
        PEM_write_bio_PrivateKey(key_text.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
        key = text_of(key_text.get());
        bio_ptr cert_text{BIO_new(BIO_s_mem())};
        PEM_write_bio_X509(cert_text.get(), cert.get());
        certificate = text_of(cert_text.get());
    }
};

/// A LiveKit behind TLS, and a file with the authority that vouches for it.
class tls_stage {
public:
    tls_stage() {
        std::ofstream{authority_} << identity_.certificate;
        context_->use_certificate_chain(boost::asio::buffer(identity_.certificate));
        context_->use_private_key(boost::asio::buffer(identity_.key), boost::asio::ssl::context::pem);
    }
    tls_stage(tls_stage const&) = delete;
    tls_stage& operator=(tls_stage const&) = delete;
    ~tls_stage() {
        ::unsetenv("SSL_CERT_FILE");
        std::filesystem::remove(authority_);
    }

    void trust_authority() { ::setenv("SSL_CERT_FILE", authority_.c_str(), 1); }
    [[nodiscard]] std::unique_ptr<livekit_server> connect(std::string const& host) const {
        livekit_config c;
        c.url = "wss://" + host + ":" + livekit.port();
        c.api_key = "APIkey";
        c.api_secret = secret{"secret"};
        c.connections = 1;
        c.breaker.first_backoff = 2ms;
        return livekit_server::create(c, system_clock, any_store(), any_store()).value();
    }

    log_lines log;

private:
    identity identity_;
    std::filesystem::path authority_ =
        std::filesystem::path{testing::TempDir()} / ("ringback_authority_" + std::to_string(::getpid()) + ".pem");
    std::shared_ptr<boost::asio::ssl::context> context_ =
        std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);

public:
    stand_in_server livekit{stand_in_server::listening::now, context_};
};

} // namespace

TEST(LivekitTls, DeletesRoomsOverATrustedConnectionThatIsKept) {
    tls_stage stage;
    stage.trust_authority();
    auto server = stage.connect("localhost");
    server->delete_room(room);
    ASSERT_TRUE(stage.livekit.gets(1));
    server->delete_room(room);
    ASSERT_TRUE(stage.livekit.gets(2));
    EXPECT_EQ(stage.livekit.requests()[1].connection, stage.livekit.requests()[0].connection);
    for (auto const& name : stage.livekit.server_names()) // of the sweep too
        EXPECT_EQ(name, "localhost");
}

TEST(LivekitTls, SendsNothingToAServerThatNobodyVouchesFor) {
    tls_stage stage;
    auto server = stage.connect("localhost");
    server->delete_room(room);
    EXPECT_TRUE(stage.log.has("certificate verify failed"));
    EXPECT_TRUE(stage.livekit.requests().empty());
}

TEST(LivekitTls, SendsNothingToAServerWithTheCertificateOfAnotherName) {
    tls_stage stage;
    stage.trust_authority();
    auto server = stage.connect("127.0.0.1");
    server->delete_room(room);
    EXPECT_TRUE(stage.log.has("certificate verify failed"));
    EXPECT_TRUE(stage.livekit.requests().empty());
}
