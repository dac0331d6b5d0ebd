#include "auth/jws_algorithm.hpp"

#include <array>
#include <utility>

namespace ringback::auth {
namespace {

using enum jws_algorithm;

constexpr std::array<std::pair<jws_algorithm, std::string_view>, 7> names{{{hs256, "HS256"},
                                                                           {hs384, "HS384"},
                                                                           {hs512, "HS512"},
                                                                           {rs256, "RS256"},
                                                                           {ps256, "PS256"},
                                                                           {es256, "ES256"},
                                                                           {es384, "ES384"}}};

} // namespace

std::optional<jws_algorithm> parse_algorithm(std::string_view name) noexcept {
    for (auto const& [algorithm, known] : names)
        if (name == known) return algorithm;
    return std::nullopt;
}

std::string_view name_of(jws_algorithm a) noexcept {
    for (auto const& [algorithm, name] : names)
        if (a == algorithm) return name;
    return {};
}

bool is_symmetric(jws_algorithm a) noexcept { return a == hs256 || a == hs384 || a == hs512; }

} // namespace ringback::auth
