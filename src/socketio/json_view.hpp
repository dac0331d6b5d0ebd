#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

/// Ranges over the items of a raw JSON array and the members of a raw JSON object, found while iterating: nothing is
/// allocated, each step scans one item. The text must have been validated (json_scan.hpp), so that iterating cannot
/// fail; over other text the items are arbitrary but lie inside it, and the range ends. All views point into the text
/// the range was made from and live as long as that. A raw value of another kind is an empty range.

namespace ringback::socketio {

class json_array_view {
public:
    class iterator;

    json_array_view() = default;
    /// Over `[a, b]` with its brackets.
    explicit json_array_view(std::string_view raw_array) noexcept;
    /// Over `a, b` without brackets: packet_view::args.
    [[nodiscard]] static json_array_view of_items(std::string_view items) noexcept;

    [[nodiscard]] iterator begin() const noexcept;
    [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
    /// The item at `index`; the empty view when the array is shorter. Scans from the front.
    [[nodiscard]] std::string_view item(std::size_t index) const noexcept;

private:
    std::string_view items_;
};

class json_array_view::iterator {
public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;

    explicit iterator(std::string_view items) noexcept;
    [[nodiscard]] std::string_view operator*() const noexcept { return items_.substr(first_, last_ - first_); }
    iterator& operator++() noexcept;
    void operator++(int) noexcept { ++*this; }
    friend bool operator==(iterator const& i, std::default_sentinel_t) noexcept { return i.first_ == i.items_.size(); }

private:
    std::string_view items_;
    std::size_t first_; ///< at the end when equal to items_.size()
    std::size_t last_;
};

/// One member of an object. The member's own text runs from the key's first to the value's last character.
struct json_member {
    std::string_view key;   ///< raw: with its quotes and escapes
    std::string_view value; ///< raw

    friend bool operator==(json_member const&, json_member const&) = default;
};

class json_object_view {
public:
    class iterator;

    json_object_view() = default;
    /// Over `{"a": 1}` with its braces.
    explicit json_object_view(std::string_view raw_object) noexcept;

    [[nodiscard]] iterator begin() const noexcept;
    [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

private:
    std::string_view members_;
};

class json_object_view::iterator {
public:
    using value_type = json_member;
    using difference_type = std::ptrdiff_t;

    explicit iterator(std::string_view members) noexcept;
    [[nodiscard]] json_member operator*() const noexcept { return member_; }
    iterator& operator++() noexcept;
    void operator++(int) noexcept { ++*this; }
    friend bool operator==(iterator const& i, std::default_sentinel_t) noexcept { return i.member_.key.empty(); }

private:
    void read(std::size_t pos) noexcept;

    std::string_view members_;
    json_member member_; ///< its key is empty at the end
    std::size_t last_ = 0;
};

/// The raw key (with its quotes) decodes to `name`: `"\u0066rom"` is `from`.
[[nodiscard]] bool key_equals(std::string_view raw_key, std::string_view name);

/// The value of the member whose key decodes to `name`: the last one when there are several, as JavaScript has it.
/// nullopt when there is none or `raw` is no object.
[[nodiscard]] std::optional<std::string_view> find_member(std::string_view raw, std::string_view name);

} // namespace ringback::socketio
