#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ringback::call {

/// The texts of an enum, each written once and read both ways. Made for enums of a few values: it searches.
template <typename Enum, std::size_t Size>
struct text_table {
    struct row {
        Enum value;
        std::string_view text;
    };
    row rows[Size];

    /// Empty for a value that has no text.
    [[nodiscard]] constexpr std::string_view text_of(Enum value) const noexcept {
        for (row const& r : rows)
            if (r.value == value) return r.text;
        return {};
    }
    [[nodiscard]] constexpr std::optional<Enum> value_of(std::string_view text) const noexcept {
        for (row const& r : rows)
            if (r.text == text) return r.value;
        return std::nullopt;
    }
};

} // namespace ringback::call
