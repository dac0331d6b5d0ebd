#include "websocket/handshake.hpp"

#include "base/base64.hpp"
#include "websocket/header_list.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ringback::websocket {
namespace {

constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3

} // namespace

bool is_valid_key(std::string_view key) {
    if (key.size() != 24) return false; // the decoder would take a key without its padding, too
    auto nonce = base64_decode(key);
    return nonce && nonce->size() == 16;
}

std::string accept_key(std::string_view key) {
    std::string text;
    text.reserve(key.size() + accept_guid.size());
    text += key;
    text += accept_guid;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error{"OpenSSL refused to compute SHA-1"};
    return base64_encode({reinterpret_cast<char const*>(digest.data()), size});
}

std::string_view first_protocol(std::string_view offered) noexcept {
    while (!offered.empty()) {
        auto comma = std::min(offered.find(','), offered.size());
        auto name = trim(offered.substr(0, comma));
        // Empty list elements are legal and mean nothing (RFC 9110 section 5.6.1.2).
        if (!name.empty()) return is_token(name) ? name : std::string_view{};
        offered.remove_prefix(std::min(comma + 1, offered.size()));
    }
    return {};
}

} // namespace ringback::websocket
