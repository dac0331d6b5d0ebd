#include "auth/claims_reader.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace ringback::auth {
namespace {

namespace json = boost::json;

/// The claim, or nullptr when it is absent or null.
json::value const* find(json::object const& object, std::string_view key) {
    auto const* value = object.if_contains({key.data(), key.size()});
    return value && !value->is_null() ? value : nullptr;
}

std::optional<std::string> text_of(json::value const* value) {
    if (!value || !value->is_string()) return std::nullopt;
    auto const& text = value->get_string();
    return std::string{text.data(), text.size()};
}

/// A NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction. Some signers write milliseconds, which lie
/// thousands of years ahead; times are clamped to the years that ISO 8601 can write, so no arithmetic overflows.
std::expected<std::optional<wall_time>, errc> time_of(json::value const* value) {
    if (!value) return std::nullopt;
    if (!value->is_number()) return std::unexpected{errc::bad_claims};
    constexpr double end_of_time = 253'402'300'799; // 9999-12-31T23:59:59Z
    double seconds = std::clamp(value->to_number<double>(), 0.0, end_of_time);
    return wall_time{std::chrono::milliseconds{std::llround(seconds * 1000)}};
}

std::expected<account_id, errc> account_of(json::object const& object) {
    auto const* value = find(object, "userId");
    if (!value) value = find(object, "sub");
    auto text = text_of(value);
    auto id = text ? account_id::parse(*text) : std::nullopt;
    if (!id) return std::unexpected{errc::bad_account_id};
    return *std::move(id);
}

std::expected<account_role, errc> role_of(json::object const& object) {
    auto const* value = find(object, "role");
    if (!value) return account_role::user;
    auto text = text_of(value);
    auto role = text ? parse_role(*text) : std::nullopt;
    if (!role) return std::unexpected{errc::unknown_role};
    return *role;
}

std::expected<std::vector<std::string>, errc> audience_of(json::object const& object) {
    std::vector<std::string> audience;
    auto const* value = find(object, "aud");
    if (!value) return audience;
    auto add = [&](json::value const& one) {
        auto text = text_of(&one);
        if (text) audience.push_back(*std::move(text));
        return text.has_value();
    };
    bool all = value->is_array() ? std::ranges::all_of(value->get_array(), add) : add(*value);
    if (!all) return std::unexpected{errc::bad_claims};
    return audience;
}

} // namespace

std::expected<token_payload, errc> read_payload(std::string_view text) {
    boost::system::error_code ec;
    auto document = json::parse({text.data(), text.size()}, ec);
    if (ec || !document.is_object()) return std::unexpected{errc::bad_claims};
    auto const& object = document.get_object();

    auto account = account_of(object);
    if (!account) return std::unexpected{account.error()};
    auto role = role_of(object);
    if (!role) return std::unexpected{role.error()};
    auto audience = audience_of(object);
    if (!audience) return std::unexpected{audience.error()};
    auto issued = time_of(find(object, "iat"));
    auto begins = time_of(find(object, "nbf"));
    auto ends = time_of(find(object, "exp"));
    if (!issued || !begins || !ends) return std::unexpected{errc::bad_claims};

    return token_payload{.who = {.account = *std::move(account),
                                 .role = *role,
                                 .name = text_of(find(object, "name")),
                                 .profile = text_of(find(object, "profile")),
                                 .language = text_of(find(object, "language")),
                                 .about = text_of(find(object, "about")),
                                 .issued_at = *issued,
                                 .not_before = *begins,
                                 .expires_at = *ends},
                         .issuer = text_of(find(object, "iss")),
                         .audience = *std::move(audience)};
}

} // namespace ringback::auth
