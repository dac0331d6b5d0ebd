#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ringback::testing {

struct tls_identity_text {
    std::string certificate, key; ///< PEM
};

/// A certificate for `name`, signed by itself.
inline tls_identity_text self_signed(std::string_view name) {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    auto text_of = [](auto write) {
        std::unique_ptr<BIO, decltype(&BIO_free)> memory{BIO_new(BIO_s_mem()), BIO_free};
        write(memory.get());
        char* text = nullptr;
        auto size = BIO_get_mem_data(memory.get(), &text);
        return std::string{text, static_cast<std::size_t>(size)};
    };
    return {text_of([&](BIO* to) { PEM_write_bio_X509(to, certificate.get()); }),
            text_of([&](BIO* to) { PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); })};
}

/// A folder with `certificate.pem` and `key.pem`, gone with the object.
class tls_files {
public:
    explicit tls_files(std::string_view name = "localhost") {
        std::string pattern = (std::filesystem::temp_directory_path() / "ringback-tls-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error{"no temporary directory"};
        folder_ = pattern;
        write(self_signed(name));
    }
    ~tls_files() { std::filesystem::remove_all(folder_); }
    tls_files(tls_files const&) = delete;
    tls_files& operator=(tls_files const&) = delete;

    void write(tls_identity_text const& text) const {
        write(certificate(), text.certificate);
        write(key(), text.key);
    }
    static void write(std::filesystem::path const& file, std::string_view text) {
        std::ofstream{file, std::ios::binary} << text;
    }
    [[nodiscard]] std::filesystem::path certificate() const { return folder_ / "certificate.pem"; }
    [[nodiscard]] std::filesystem::path key() const { return folder_ / "key.pem"; }

private:
    std::filesystem::path folder_;
};

} // namespace ringback::testing
