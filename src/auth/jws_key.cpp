#include "auth/jws_key.hpp"

#include <cjose/header.h>

#include <new>

namespace ringback::auth {

std::optional<jws_algorithm> parse_algorithm(std::string_view name) noexcept {
    if (name == CJOSE_HDR_ALG_HS256) return jws_algorithm::hs256;
    return std::nullopt;
}

std::string_view name_of(jws_algorithm a) noexcept {
    switch (a) {
    case jws_algorithm::hs256: return CJOSE_HDR_ALG_HS256;
    }
    return {};
}

std::expected<jws_key, errc> jws_key::from_secret(secret const& bytes) {
    if (bytes.empty()) return std::unexpected{errc::secret_too_short};
    auto const& text = bytes.reveal();
    jwk_ptr jwk{cjose_jwk_create_oct_spec(reinterpret_cast<std::uint8_t const*>(text.data()), text.size(), nullptr)};
    if (!jwk) throw std::bad_alloc{}; // a non-empty octet key has no other way to fail
    return jws_key{jws_algorithm::hs256, text.size(), std::move(jwk)};
}

} // namespace ringback::auth
