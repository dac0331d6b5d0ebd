#pragma once

#include "auth/errc.hpp"
#include "auth/jws_key.hpp"

#include <cjose/jws.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ringback::auth {

/// A compact JWS (RFC 7515) that was taken apart. Its parts prove nothing before verified_by() has said so.
class jws_message {
public:
    /// Refuses what is no JWS, an algorithm this server does not know, and critical header parameters.
    [[nodiscard]] static std::expected<jws_message, errc> parse(std::string_view compact);

    [[nodiscard]] jws_algorithm algorithm() const noexcept { return algorithm_; }
    /// The key that the header names; empty: none.
    [[nodiscard]] std::string const& kid() const noexcept { return kid_; }
    /// False too when the key is pinned to another algorithm than the header names.
    [[nodiscard]] bool verified_by(jws_key const& key);
    /// Lives as long as this object.
    [[nodiscard]] std::string_view payload() const;

private:
    struct release_jws {
        void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
    };
    using jws_ptr = std::unique_ptr<cjose_jws_t, release_jws>;

    jws_message(jws_ptr jws, jws_algorithm algorithm, std::string kid, std::size_t signature_letters)
        : jws_{std::move(jws)},
          algorithm_{algorithm},
          kid_{std::move(kid)},
          signature_letters_{signature_letters} {}

    jws_ptr jws_;
    jws_algorithm algorithm_;
    std::string kid_;
    std::size_t signature_letters_; ///< base64url, without padding
};

} // namespace ringback::auth
