#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::gateway {

/// Undoes the percent encoding of a part of a URL (RFC 3986 section 2.1). nullopt: a `%` without two hex digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// The parameters of a request, decoded as HTML forms write them (`+` is a space).
class rest_query {
public:
    /// nullopt: a broken percent encoding. `text` is what follows the `?` of a target.
    [[nodiscard]] static std::optional<rest_query> parse(std::string_view text);

    /// The first value of this name; nullptr without one.
    [[nodiscard]] std::string const* find(std::string_view name) const noexcept;

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

} // namespace ringback::gateway
