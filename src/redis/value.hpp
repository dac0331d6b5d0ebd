#pragma once

#include "redis/errc.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ringback::redis {

/// What Redis answers in RESP2: nothing, a number, a text (simple or bulk), an error or an array of values. Views stay
/// valid as long as the value lives and is not assigned to.
class value {
public:
    value() noexcept = default; ///< nil
    [[nodiscard]] static value of_integer(std::int64_t number) { return value{content{number}}; }
    [[nodiscard]] static value of_text(std::string text) { return value{content{std::move(text)}}; }
    [[nodiscard]] static value of_error(std::string text) { return value{content{error_text{std::move(text)}}}; }
    [[nodiscard]] static value of_items(std::vector<value> items) { return value{content{std::move(items)}}; }

    [[nodiscard]] bool is_nil() const noexcept { return std::holds_alternative<std::monostate>(content_); }
    [[nodiscard]] bool is_text() const noexcept { return std::holds_alternative<std::string>(content_); }
    [[nodiscard]] bool is_array() const noexcept { return std::holds_alternative<std::vector<value>>(content_); }
    /// The server refused; text() says why, and begins with a word in capitals (`NOSCRIPT`, `WRONGTYPE`, `ERR`).
    [[nodiscard]] bool is_error() const noexcept { return std::holds_alternative<error_text>(content_); }
    /// Whether it is an error that begins with the word `code`.
    [[nodiscard]] bool is_error(std::string_view code) const noexcept;

    /// Of a number, and of a text that is nothing but one in decimal, as fields of hashes are.
    [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
    /// Of a text or an error; empty for all others.
    [[nodiscard]] std::string_view text() const noexcept;
    /// Of an array; empty for all others.
    [[nodiscard]] std::span<value const> items() const noexcept;

    friend bool operator==(value const&, value const&) = default;

private:
    friend class reply_reader;
    struct error_text {
        std::string text;
        friend bool operator==(error_text const&, error_text const&) = default;
    };
    using content = std::variant<std::monostate, std::int64_t, std::string, error_text, std::vector<value>>;

    explicit value(content c) : content_{std::move(c)} {}

    content content_;
};

/// The answer to a command. An error that the server replied is a value.
using reply = std::expected<value, errc>;
/// Gets the answer to a command: exactly once, never inside the call that took it, on the client's executor. It is
/// dropped uncalled when the client itself ends before. It must not throw.
using handler = std::move_only_function<void(reply)>;

} // namespace ringback::redis
