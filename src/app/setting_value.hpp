#pragma once

#include "app/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ringback::app {

/// A value as one source wrote it. TOML says of which type it is; the environment and `--set` have only text, which is
/// read by the type of the key it is for.
struct raw_value {
    struct bare_text {
        std::string text;
    };
    struct other {}; ///< a TOML type that no setting has: a float, a date, a table, a mixed array
    using list = std::vector<std::string>;

    std::variant<other, bare_text, bool, std::int64_t, std::string, list> value;

    /// For an error message: TOML's spelling, on one line, cut when it is long. Not for keys that hold secrets.
    [[nodiscard]] std::string shown() const;
};

/// Each nullopt when the value is none of the type.
[[nodiscard]] std::optional<bool> as_bool(raw_value const& raw);
[[nodiscard]] std::optional<std::uint64_t> as_count(raw_value const& raw);
/// `"30s"`, `"500ms"`, `"10m"`, `"1h"`; a number without a unit is only 0.
[[nodiscard]] std::optional<duration> as_duration(raw_value const& raw);
/// In bytes: `"64KiB"`, `"1MB"`, `"512"`; units B, KB, MB, GB (powers of 1000) and KiB, MiB, GiB (of 1024).
[[nodiscard]] std::optional<std::uint64_t> as_size(raw_value const& raw);
[[nodiscard]] std::optional<std::string> as_text(raw_value const& raw);
/// A string alone is a list of one. Bare text is a TOML array, or items between commas.
[[nodiscard]] std::optional<raw_value::list> as_list(raw_value const& raw);

[[nodiscard]] std::optional<duration> parse_duration(std::string_view text);

/// What as_duration and as_size read back: the largest unit without a fraction, `0` for none.
[[nodiscard]] std::string duration_text(duration d);
[[nodiscard]] std::string size_text(std::uint64_t bytes);

} // namespace ringback::app
