#pragma once

#include <optional>
#include <string_view>

/// Reads header values that are lists of elements with parameters, `a; b; c="d", e` (RFC 9110 section 5.6). All views
/// are into the value.

namespace ringback::websocket {

/// RFC 9110 section 5.6.2.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// Spaces and tabs off both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// Cuts the first element off `list`, without white space around it; it may be empty, which means nothing. A comma
/// inside of quotes ends no element.
[[nodiscard]] std::string_view take_list_element(std::string_view& list) noexcept;

struct header_parameter {
    std::string_view name;
    std::optional<std::string_view> value; ///< without its quotes
};

/// The parameters of one element, one at a time.
class header_parameters {
public:
    explicit header_parameters(std::string_view element) noexcept;

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    /// nullopt at the end, or where the text is no parameter. A quoted value with a backslash counts as the latter: no
    /// value that means anything here needs one.
    [[nodiscard]] std::optional<header_parameter> next() noexcept;
    /// Behind the last next(): the whole element could be read.
    [[nodiscard]] bool well_formed() const noexcept { return well_formed_; }

private:
    std::string_view name_;
    std::string_view rest_;
    bool well_formed_ = true;
};

} // namespace ringback::websocket
