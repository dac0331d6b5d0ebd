#include "auth/jwk_set.hpp"

#include "base/base64.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace ringback::auth {
namespace {

namespace json = boost::json;

/// Empty when the member is absent or no string.
std::string_view text_of(json::object const& jwk, std::string_view name) {
    auto const* value = jwk.if_contains({name.data(), name.size()});
    auto const* text = value ? value->if_string() : nullptr;
    return text ? std::string_view{text->data(), text->size()} : std::string_view{};
}

bool is_for_verifying(json::object const& jwk) {
    if (jwk.contains("use") && text_of(jwk, "use") != "sig") return false;
    auto const* operations = jwk.if_contains("key_ops");
    if (!operations) return true;
    auto is_verify = [](json::value const& v) { return v.is_string() && v.get_string() == "verify"; };
    return operations->is_array() && std::ranges::any_of(operations->get_array(), is_verify);
}

std::optional<std::string> number_of(json::object const& jwk, std::string_view name) {
    auto bytes = base64url_decode(text_of(jwk, name));
    return bytes && !bytes->empty() ? std::move(bytes) : std::nullopt;
}

std::optional<std::variant<rsa_numbers, ec_point>> numbers_of(json::object const& jwk) {
    if (text_of(jwk, "kty") == "RSA") {
        auto modulus = number_of(jwk, "n"), exponent = number_of(jwk, "e");
        if (!modulus || !exponent) return std::nullopt;
        return rsa_numbers{*std::move(modulus), *std::move(exponent)};
    }
    auto curve = text_of(jwk, "crv");
    if (text_of(jwk, "kty") != "EC" || (curve != "P-256" && curve != "P-384")) return std::nullopt;
    auto x = number_of(jwk, "x"), y = number_of(jwk, "y");
    if (!x || !y) return std::nullopt;
    return ec_point{curve == "P-256" ? ec_curve::p256 : ec_curve::p384, *std::move(x), *std::move(y)};
}

std::optional<public_key> key_of(json::object const& jwk) {
    if (!is_for_verifying(jwk)) return std::nullopt;
    auto only = parse_algorithm(text_of(jwk, "alg"));
    if (jwk.contains("alg") && !only) return std::nullopt;
    auto numbers = numbers_of(jwk);
    if (!numbers) return std::nullopt;
    return public_key{*std::move(numbers), std::string{text_of(jwk, "kid")}, only};
}

} // namespace

std::expected<std::vector<public_key>, errc> read_jwk_set(std::string_view text) {
    boost::system::error_code ec;
    auto document = json::parse({text.data(), text.size()}, ec);
    auto const* top = ec ? nullptr : document.if_object();
    if (!top) return std::unexpected{errc::bad_key_file};
    std::vector<public_key> keys;
    auto add = [&](json::object const& jwk) {
        if (auto key = key_of(jwk)) keys.push_back(*std::move(key));
    };
    auto const* members = top->if_contains("keys");
    if (!members && top->contains("kty")) {
        add(*top);
    } else {
        if (!members || !members->is_array()) return std::unexpected{errc::bad_key_file};
        for (auto const& member : members->get_array())
            if (auto const* jwk = member.if_object()) add(*jwk);
    }
    return keys;
}

} // namespace ringback::auth
