#include "auth/jwt_signer.hpp"

#include <cjose/header.h>
#include <cjose/jws.h>

#include <memory>
#include <stdexcept>

namespace ringback::auth {

std::expected<jwt_signer, errc> jwt_signer::create(secret const& key, jws_algorithm a) {
    auto jws = jws_key::from_secret(key, a);
    if (!jws) return std::unexpected{jws.error()};
    return jwt_signer{*std::move(jws)};
}

std::string jwt_signer::sign(std::string_view payload) const {
    // A header of its own for each call: cjose counts references to it without a lock of ours.
    std::unique_ptr<cjose_header_t, decltype([](cjose_header_t* h) { cjose_header_release(h); })> header{
        cjose_header_new(nullptr)};
    bool named = header && cjose_header_set(header.get(), CJOSE_HDR_ALG, name_of(key_.algorithm()).data(), nullptr) &&
                 cjose_header_set(header.get(), "typ", "JWT", nullptr);
    if (!named) throw std::runtime_error{"cannot build a token header"};

    std::unique_ptr<cjose_jws_t, decltype([](cjose_jws_t* j) { cjose_jws_release(j); })> jws{cjose_jws_sign(
        key_.native(), header.get(), reinterpret_cast<std::uint8_t const*>(payload.data()), payload.size(), nullptr)};
    char const* compact = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &compact, nullptr)) throw std::runtime_error{"cannot sign a token"};
    return compact;
}

} // namespace ringback::auth
