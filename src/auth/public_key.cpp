#include "auth/public_key.hpp"

#include "auth/jwk_set.hpp"
#include "auth/pem_keys.hpp"

#include <utility>

namespace ringback::auth {

bool fits(public_key const& key, jws_algorithm a) noexcept {
    if (key.only && *key.only != a) return false;
    if (std::holds_alternative<rsa_numbers>(key.numbers)) return a == jws_algorithm::rs256 || a == jws_algorithm::ps256;
    auto wanted = std::get<ec_point>(key.numbers).curve == ec_curve::p256 ? jws_algorithm::es256 : jws_algorithm::es384;
    return a == wanted;
}

std::expected<std::vector<public_key>, errc> read_public_keys(std::string_view text) {
    auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) return std::unexpected{errc::no_usable_key};
    auto keys = text[begin] == '{' ? read_jwk_set(text) : read_pem_keys(text);
    if (keys && keys->empty()) return std::unexpected{errc::no_usable_key};
    return keys;
}

} // namespace ringback::auth
