#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ringback::gateway {

template <class Write>
void append_object(std::string& out, Write&& write);

/// Writes the members of one JSON object to the end of a string, without building a document first. Keys are literals
/// of ours and need no escape. Made by append_object() and object().
class json_object {
public:
    json_object(json_object const&) = delete;
    json_object& operator=(json_object const&) = delete;

    json_object& text(std::string_view key, std::string_view value);
    json_object& text_or_null(std::string_view key, std::optional<std::string> const& value);
    json_object& number(std::string_view key, std::int64_t value);
    json_object& boolean(std::string_view key, bool value);
    json_object& id(std::string_view key, call_id const& value);
    /// `value` is JSON.
    json_object& raw(std::string_view key, std::string_view value);
    /// A member that is an object itself; `write` gets it.
    template <class Write>
    json_object& object(std::string_view key, Write&& write) {
        open_member(key);
        append_object(out_, write);
        return *this;
    }

    template <class Write>
    friend void append_object(std::string& out, Write&& write);

private:
    explicit json_object(std::string& out) noexcept : out_{out} {}
    void open_member(std::string_view key);

    std::string& out_;
};

/// Appends an object; `write` gets the json_object for its members.
template <class Write>
void append_object(std::string& out, Write&& write) {
    out += '{';
    json_object members{out};
    write(members);
    out += '}';
}

/// The object as a string of its own; `expected_bytes` sizes it.
template <class Write>
[[nodiscard]] std::string object_text(std::size_t expected_bytes, Write&& write) {
    std::string out;
    out.reserve(expected_bytes);
    append_object(out, write);
    return out;
}

} // namespace ringback::gateway
