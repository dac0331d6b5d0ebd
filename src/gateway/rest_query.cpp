#include "gateway/rest_query.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace ringback::gateway {
namespace {

std::optional<std::string> form_decoded(std::string_view text) {
    std::string spaced{text};
    std::ranges::replace(spaced, '+', ' ');
    return percent_decoded(spaced);
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        auto digits = text.substr(i + 1, 2);
        std::uint8_t byte = 0;
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return std::nullopt;
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

std::optional<rest_query> rest_query::parse(std::string_view text) {
    rest_query query;
    while (!text.empty()) {
        auto pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        auto equals = std::min(pair.find('='), pair.size());
        auto name = form_decoded(pair.substr(0, equals));
        auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) return std::nullopt;
        query.pairs_.emplace_back(*std::move(name), *std::move(value));
    }
    return query;
}

std::string const* rest_query::find(std::string_view name) const noexcept {
    auto at = std::ranges::find(pairs_, name, &decltype(pairs_)::value_type::first);
    return at == pairs_.end() ? nullptr : &at->second;
}

} // namespace ringback::gateway
