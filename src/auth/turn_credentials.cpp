#include "auth/turn_credentials.hpp"

#include "base/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace ringback::auth {

turn_credentials make_turn_credentials(secret const& shared, account_id const& account, wall_time expires_at) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(expires_at).time_since_epoch().count();
    std::string username = std::to_string(seconds) + ':' + account.text();
    auto const& key = shared.reveal();
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned size = 0;
    if (!HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<unsigned char const*>(username.data()), username.size(), mac.data(), &size))
        throw std::runtime_error{"cannot compute a TURN credential"};
    std::string credential = base64_encode({reinterpret_cast<char const*>(mac.data()), size});
    return {std::move(username), std::move(credential)};
}

} // namespace ringback::auth
