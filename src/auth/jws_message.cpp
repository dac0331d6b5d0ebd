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

/// In base64url characters.
std::size_t signature_length(jws_algorithm a) {
    switch (a) {
    case jws_algorithm::hs256: return 43;
    }
    return 0;
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
    // cjose compares as many bytes as the hash has before it looks at how many the signature has.
    if (parts->signature.size() != signature_length(*algorithm)) return std::unexpected{errc::bad_signature};
    return jws_message{std::move(jws), *algorithm};
}

bool jws_message::verified_by(jws_key const& key) {
    return key.algorithm() == algorithm_ && cjose_jws_verify(jws_.get(), key.native(), nullptr);
}

std::string_view jws_message::payload() const {
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws_.get(), &bytes, &size, nullptr)) return {};
    return {reinterpret_cast<char const*>(bytes), size};
}

} // namespace ringback::auth
