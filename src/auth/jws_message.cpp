#include "auth/jws_message.hpp"

#include <cjose/header.h>

#include <algorithm>
#include <jansson.h>

namespace ringback::auth {
namespace {

bool is_base64url(std::string_view part) {
    auto letter = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !part.empty() && part.size() % 4 != 1 && std::ranges::all_of(part, letter);
}

struct compact_parts {
    std::string_view header, payload, signature;
};

/// cjose 0.6.2 must not see anything but base64url in all three parts: it stops the process on a `=` in the wrong
/// place (an assert in its decoder).
std::expected<compact_parts, errc> split(std::string_view compact) {
    auto first = compact.find('.');
    auto second = first == compact.npos ? compact.npos : compact.find('.', first + 1);
    if (second == compact.npos) return std::unexpected{errc::malformed};
    compact_parts parts{compact.substr(0, first), compact.substr(first + 1, second - first - 1),
                        compact.substr(second + 1)};
    // The one legal token with an empty signature is unsecured (RFC 7515 appendix A.5); it goes on to be refused by
    // its algorithm, so that the log says what was tried.
    bool signature_fits = parts.signature.empty() || is_base64url(parts.signature);
    if (!is_base64url(parts.header) || !is_base64url(parts.payload) || !signature_fits)
        return std::unexpected{errc::malformed};
    return parts;
}

} // namespace

std::expected<jws_message, errc> jws_message::parse(std::string_view compact) {
    auto parts = split(compact);
    if (!parts) return std::unexpected{parts.error()};

    jws_ptr jws{cjose_jws_import(compact.data(), compact.size(), nullptr)};
    if (!jws) return std::unexpected{errc::malformed};
    auto* header = cjose_jws_get_protected(jws.get());
    char const* name = cjose_header_get(header, CJOSE_HDR_ALG, nullptr);
    auto algorithm = parse_algorithm(name ? name : "");
    if (!algorithm) return std::unexpected{errc::algorithm_not_allowed};
    if (json_object_get(header, "crit")) return std::unexpected{errc::unsupported_header};
    std::string kid;
    if (auto const* named = json_object_get(header, CJOSE_HDR_KID)) {
        if (!json_is_string(named)) return std::unexpected{errc::malformed};
        kid.assign(json_string_value(named), json_string_length(named));
    }
    return jws_message{std::move(jws), *algorithm, std::move(kid), parts->signature.size()};
}

bool jws_message::verified_by(jws_key const& key) {
    // cjose compares as many bytes as the hash has before it looks at how many the signature has, and takes an ECDSA
    // signature of any length apart in the middle.
    bool has_length = signature_letters_ == (key.signature_size() * 4 + 2) / 3;
    return key.algorithm() == algorithm_ && has_length && cjose_jws_verify(jws_.get(), key.native(), nullptr);
}

std::string_view jws_message::payload() const {
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws_.get(), &bytes, &size, nullptr)) return {};
    return {reinterpret_cast<char const*>(bytes), size};
}

} // namespace ringback::auth
