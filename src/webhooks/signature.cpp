#include "webhooks/signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace ringback::webhooks {

namespace {

std::string hex_hmac(std::string const& key, std::string_view signed_text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned size = 0;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<unsigned char const*>(signed_text.data()), signed_text.size(), mac.data(), &size))
        throw std::runtime_error{"cannot sign a webhook"};
    std::string hex;
    hex.reserve(2 * size);
    for (unsigned i = 0; i < size; ++i)
        fmt::format_to(std::back_inserter(hex), "{:02x}", mac[i]);
    return hex;
}

} // namespace

std::string sign(std::span<secret const> secrets, wall_time now, std::string_view body) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::string value = fmt::format("t={}", seconds);
    std::string const signed_text = fmt::format("{}.{}", seconds, body);
    for (secret const& each : secrets)
        value.append(",v1=").append(hex_hmac(each.reveal(), signed_text));
    return value;
}

} // namespace ringback::webhooks
