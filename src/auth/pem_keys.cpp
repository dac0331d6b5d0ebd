#include "auth/pem_keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>
#include <memory>
#include <utility>

namespace ringback::auth {
namespace {

using bio_ptr = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free(b); })>;
using pkey_ptr = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* k) { EVP_PKEY_free(k); })>;
using x509_ptr = std::unique_ptr<X509, decltype([](X509* c) { X509_free(c); })>;

/// Empty when the key has no such number.
std::string number_of(EVP_PKEY const* key, char const* name) {
    BIGNUM* number = nullptr;
    if (!EVP_PKEY_get_bn_param(key, name, &number)) return {};
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(number);
    return bytes;
}

std::optional<ec_curve> curve_of(EVP_PKEY const* key) {
    char name[32];
    std::size_t size = 0;
    if (!EVP_PKEY_get_group_name(key, name, sizeof name, &size)) return std::nullopt;
    std::string_view curve{name, size};
    if (curve == SN_X9_62_prime256v1) return ec_curve::p256;
    if (curve == SN_secp384r1) return ec_curve::p384;
    return std::nullopt;
}

std::optional<public_key> key_of(EVP_PKEY const* key) {
    if (EVP_PKEY_is_a(key, "RSA"))
        return public_key{rsa_numbers{number_of(key, OSSL_PKEY_PARAM_RSA_N), number_of(key, OSSL_PKEY_PARAM_RSA_E)}};
    auto curve = EVP_PKEY_is_a(key, "EC") ? curve_of(key) : std::nullopt;
    if (!curve) return std::nullopt;
    return public_key{
        ec_point{*curve, number_of(key, OSSL_PKEY_PARAM_EC_PUB_X), number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y)}};
}

pkey_ptr read_certificate(unsigned char const* der, long size) {
    x509_ptr certificate{d2i_X509(nullptr, &der, size)};
    return pkey_ptr{certificate ? X509_get_pubkey(certificate.get()) : nullptr};
}

pkey_ptr read_key(unsigned char const* der, long size, std::string_view label) {
    if (label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD) return read_certificate(der, size);
    bool is_pkcs1 = label == PEM_STRING_RSA_PUBLIC;
    if (!is_pkcs1 && label != PEM_STRING_PUBLIC) return nullptr;
    EVP_PKEY* key = nullptr;
    std::unique_ptr<OSSL_DECODER_CTX, decltype([](OSSL_DECODER_CTX* c) { OSSL_DECODER_CTX_free(c); })> decoder{
        OSSL_DECODER_CTX_new_for_pkey(&key, "DER", is_pkcs1 ? "type-specific" : "SubjectPublicKeyInfo",
                                      is_pkcs1 ? "RSA" : nullptr, EVP_PKEY_PUBLIC_KEY, nullptr, nullptr)};
    auto length = static_cast<std::size_t>(size);
    if (!decoder || !OSSL_DECODER_from_data(decoder.get(), &der, &length)) return nullptr;
    return pkey_ptr{key};
}

} // namespace

std::expected<std::vector<public_key>, errc> read_pem_keys(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return std::unexpected{errc::bad_key_file};
    bio_ptr in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    std::vector<public_key> keys;
    for (;;) {
        char* name = nullptr;
        char* header = nullptr;
        unsigned char* der = nullptr;
        long size = 0;
        ERR_clear_error();
        if (!PEM_read_bio(in.get(), &name, &header, &der, &size)) break;
        std::string label{name};
        pkey_ptr key = read_key(der, size, label);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_cleanse(der, static_cast<std::size_t>(size));
        OPENSSL_free(der);
        if (label.ends_with("PRIVATE KEY")) return std::unexpected{errc::private_key};
        if (!key) return std::unexpected{errc::bad_key_file};
        if (auto found = key_of(key.get())) keys.push_back(*std::move(found));
    }
    bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end) return std::unexpected{errc::bad_key_file};
    return keys;
}

} // namespace ringback::auth
