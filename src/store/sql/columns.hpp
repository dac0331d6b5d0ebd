#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <soci/soci-backend.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// How values stand in columns: times as Unix milliseconds, words as the texts of the contract, call ids as their 24
/// hex digits. Digits and not the 12 raw bytes: people read these tables, and SOCI 4.0 makes large objects of binary
/// values in PostgreSQL. Half the length was measured: the SQLite file is 15 % smaller, and nothing is faster.
namespace ringback::store {

using integer = long long; ///< what SOCI exchanges as 64 bits on every platform

[[nodiscard]] inline integer to_column(wall_time at) noexcept { return at.time_since_epoch().count(); }
[[nodiscard]] inline wall_time time_of(integer column) noexcept { return wall_time{std::chrono::milliseconds{column}}; }

/// A value that SQL binds by its address and that may be NULL.
template <typename Value>
struct nullable {
    Value value{};
    soci::indicator state = soci::i_null;

    [[nodiscard]] bool has_value() const noexcept { return state == soci::i_ok; }
};

inline void set(nullable<integer>& column, std::optional<wall_time> at) {
    column.state = at ? soci::i_ok : soci::i_null;
    column.value = at ? to_column(*at) : 0;
}
[[nodiscard]] inline std::optional<wall_time> time_of(nullable<integer> const& column) {
    return column.has_value() ? std::optional{time_of(column.value)} : std::nullopt;
}
inline void set(nullable<std::string>& column, std::optional<std::string_view> text) {
    column.state = text ? soci::i_ok : soci::i_null;
    column.value.assign(text.value_or(std::string_view{}));
}
[[nodiscard]] inline std::optional<std::string> text_of(nullable<std::string> const& column) {
    return column.has_value() ? std::optional{column.value} : std::nullopt;
}

/// A row that no release of ours wrote.
struct unreadable_row : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Unwraps what a parser of the domain made of a column.
template <typename Value>
[[nodiscard]] Value readable(std::optional<Value> parsed, char const* column) {
    if (!parsed) throw unreadable_row(std::string{"a row has an unreadable "} + column);
    return *std::move(parsed);
}

} // namespace ringback::store
