#include "auth/jws_key.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

namespace ringback::auth {
namespace {

/// cjose's specs want pointers to mutable bytes, and only read them.
std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

std::string without_leading_zeros(std::string const& number) {
    return number.substr(std::min(number.find_first_not_of('\0'), number.size()));
}

} // namespace

std::expected<jws_key, errc> jws_key::from_secret(secret const& bytes, jws_algorithm a) {
    if (!is_symmetric(a)) return std::unexpected{errc::bad_key};
    if (bytes.empty()) return std::unexpected{errc::secret_too_short};
    auto const& text = bytes.reveal();
    jwk_ptr jwk{cjose_jwk_create_oct_spec(reinterpret_cast<std::uint8_t const*>(text.data()), text.size(), nullptr)};
    if (!jwk) throw std::bad_alloc{}; // a non-empty octet key has no other way to fail
    return jws_key{a, text.size(), std::move(jwk)};
}

std::expected<jws_key, errc> jws_key::from_public(public_key const& key, jws_algorithm a) {
    if (!fits(key, a)) return std::unexpected{errc::bad_key};
    if (auto const* rsa = std::get_if<rsa_numbers>(&key.numbers)) return from_rsa(*rsa, key.kid, a);
    return from_ec(std::get<ec_point>(key.numbers), key.kid, a);
}

std::expected<jws_key, errc> jws_key::from_rsa(rsa_numbers const& n, std::string const& kid, jws_algorithm a) {
    std::string modulus = without_leading_zeros(n.modulus), exponent = without_leading_zeros(n.exponent);
    // Anybody can "sign" for the exponent 1.
    bool is_odd = !exponent.empty() && (exponent.back() & 1) != 0;
    if (modulus.size() < min_rsa_bytes || !is_odd || exponent == "\x01") return std::unexpected{errc::bad_key};
    cjose_jwk_rsa_keyspec spec{};
    spec.n = bytes_of(modulus);
    spec.nlen = modulus.size();
    spec.e = bytes_of(exponent);
    spec.elen = exponent.size();
    jwk_ptr jwk{cjose_jwk_create_RSA_spec(&spec, nullptr)};
    if (!jwk) return std::unexpected{errc::bad_key};
    return jws_key{a, modulus.size(), std::move(jwk), kid};
}

std::expected<jws_key, errc> jws_key::from_ec(ec_point const& p, std::string const& kid, jws_algorithm a) {
    bool is_small = p.curve == ec_curve::p256;
    std::size_t size = is_small ? 32 : 48;
    std::string x = p.x, y = p.y;
    if (x.size() > size || y.size() > size) return std::unexpected{errc::bad_key};
    cjose_jwk_ec_keyspec spec{};
    spec.crv = is_small ? CJOSE_JWK_EC_P_256 : CJOSE_JWK_EC_P_384;
    spec.x = bytes_of(x);
    spec.xlen = x.size();
    spec.y = bytes_of(y);
    spec.ylen = y.size();
    jwk_ptr jwk{cjose_jwk_create_EC_spec(&spec, nullptr)};
    if (!jwk) return std::unexpected{errc::bad_key};
    return jws_key{a, size, std::move(jwk), kid};
}

std::size_t jws_key::signature_size() const noexcept {
    switch (algorithm_) {
    case jws_algorithm::hs256: return 32;
    case jws_algorithm::hs384: return 48;
    case jws_algorithm::hs512: return 64;
    case jws_algorithm::rs256:
    case jws_algorithm::ps256: return size_;
    case jws_algorithm::es256:
    case jws_algorithm::es384: return 2 * size_;
    }
    return 0;
}

} // namespace ringback::auth
