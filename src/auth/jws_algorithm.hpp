#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ringback::auth {

/// The signature algorithms of RFC 7518 that this server verifies.
enum class jws_algorithm : std::uint8_t { hs256, hs384, hs512, rs256, ps256, es256, es384 };

/// By the name in a token's `alg`; nullopt for `none` and everything else that is not supported.
[[nodiscard]] std::optional<jws_algorithm> parse_algorithm(std::string_view name) noexcept;
/// Ends in a NUL.
[[nodiscard]] std::string_view name_of(jws_algorithm a) noexcept;

/// HS256, HS384 and HS512: who can verify can sign too.
[[nodiscard]] bool is_symmetric(jws_algorithm a) noexcept;

} // namespace ringback::auth
