#include "redis/script.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace ringback::redis {
namespace {

std::string hex_sha1(std::string const& text) {
    std::array<unsigned char, 20> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error{"OpenSSL has no SHA-1"};
    std::string hex;
    for (auto byte : digest) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
}

} // namespace

script::script(std::string source) {
    auto sha1 = hex_sha1(source);
    parts_ = std::make_shared<parts const>(parts{std::move(source), std::move(sha1)});
}

} // namespace ringback::redis
