#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace ringback {

/// A key, token or password. It prints as `***` and has no conversion to text: who needs the bytes says reveal().
class secret {
public:
    secret() = default;
    explicit secret(std::string bytes) : bytes_{std::move(bytes)} {}

    [[nodiscard]] std::string const& reveal() const noexcept { return bytes_; }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    friend bool operator==(secret const&, secret const&) = default;

private:
    std::string bytes_;
};

inline std::string_view format_as(secret const&) { return "***"; } ///< for fmt, so that a log line cannot leak it

} // namespace ringback
