#include "redis/value.hpp"

#include <charconv>

namespace ringback::redis {

bool value::is_error(std::string_view code) const noexcept {
    auto said = text();
    return is_error() && said.starts_with(code) && (said.size() == code.size() || said[code.size()] == ' ');
}

std::optional<std::int64_t> value::integer() const noexcept {
    if (auto const* number = std::get_if<std::int64_t>(&content_)) return *number;
    auto const* text = std::get_if<std::string>(&content_);
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    auto const* end = text->data() + text->size();
    auto [stopped, ec] = std::from_chars(text->data(), end, number);
    if (ec != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

std::string_view value::text() const noexcept {
    if (auto const* text = std::get_if<std::string>(&content_)) return *text;
    if (auto const* error = std::get_if<error_text>(&content_)) return error->text;
    return {};
}

std::span<value const> value::items() const noexcept {
    if (auto const* items = std::get_if<std::vector<value>>(&content_)) return *items;
    return {};
}

} // namespace ringback::redis
