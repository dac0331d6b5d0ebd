#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ringback::engineio {

/// One `key=value` of a query, decoded. The bytes need not be UTF-8.
struct query_parameter {
    std::string key;
    std::string value;

    friend bool operator==(query_parameter const&, query_parameter const&) = default;
};

/// The parameters of a query, or of a form of type application/x-www-form-urlencoded, in their order. Percent sequences
/// and `+` are decoded in keys and values; a `%` without two hex digits stands for itself.
[[nodiscard]] std::vector<query_parameter> split_query(std::string_view query);

} // namespace ringback::engineio
